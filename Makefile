# What there is to do here; `make` alone lists it.

SWIFT ?= swift
SAMPLES := .build/sample-recipes
DEBUG := .build/debug
RELEASE := .build/release
SWIFT_FILES := Package.swift Sources Tests Benchmarks templates docs
# Tests that start no server and watch no clock.
PLAIN := ^(Auditing|Corpus|Drafting|Evidence|Files|Formats|Git|Importing|MarkdownDocuments|Reports|Suites|XMLDocuments)Tests\.
# Prints what failed, and a line a suite.
SUMMARIZE := Tests/summarize.py
# How many tests of `swift test` run at a time.
WIDTH := --experimental-maximum-parallelization-width

# Which rows of the table of faults `make test` tries: another quarter with each commit.
SLICE = $$(( $$(git rev-list --count HEAD || echo 0) % 4 + 1 ))/4

# One binary with Swift's own libraries inside.
RELEASE_FLAGS := --static-swift-stdlib -Xlinker -s
# The newest package of `make deb`.
DEB = $$(ls -t .build/parity_*.deb | head -n 1)

.PHONY: help demo test test-all test-swarm test-apps fuzz soak mutants docs packages samples build release deb \
  test-packages image lint bench clean
.DEFAULT_GOAL := help

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' Makefile | while IFS='|' read -r name text; \
	  do printf '  make %-13s %s\n' "$$name" "$$text"; done

demo: packages samples release ## build the tool and run the sample recipe through its life
	@echo $(RELEASE)/parity run plausible
	@status=0; $(RELEASE)/parity run plausible || status=$$?; \
	  echo; echo "Open reports/index.html, or read Tests/recipes/plausible/PARITY.md."; \
	  exit $$status

test: packages samples ## build, check the style, run the tests, run the sample recipes and a quarter of their faults
	$(SWIFT) build --build-tests
	$(SWIFT) format lint --strict --recursive $(SWIFT_FILES)
	# Programs of tests have deadlines, which too many at a time would miss.
	$(SUMMARIZE) plain $(SWIFT) test --skip-build $(WIDTH) 6 --filter '$(PLAIN)'
	# Each starts real servers, and this machine may have two cores.
	$(SUMMARIZE) servers $(SWIFT) test --skip-build $(WIDTH) 3 --skip '$(PLAIN)|^FaultTests\.'
	Tests/Standins/plausible/test-standin.sh $(DEBUG)/plausible-standin
	Tests/recipes/test-hooks.sh
	Tests/test_summarize.py
	Tests/test_parity_ci.py
	Tests/test_package.py
	Tests/mutations/test_swift_source.py
	Tests/mutations/mutate.py --check
	$(DEBUG)/parity lint
	$(DEBUG)/parity list
	$(DEBUG)/parity lint --project Tests/recipes/apps
	$(DEBUG)/parity verify --project Tests/recipes/apps
	$(DEBUG)/parity templates check
	$(DEBUG)/parity run
	$(DEBUG)/parity verify
	FAULT_SLICE=$${FAULT_SLICE-$(SLICE)} GOOD_RUNS=$${GOOD_RUNS-2} Tests/swarm/run.sh $(DEBUG)/parity '^FaultTests\.'

test-all: ## make test with every seed of every property, every fault and ten good runs
	THOROUGH=1 FAULT_SLICE=1/1 GOOD_RUNS=10 $(MAKE) test

test-swarm: packages samples ## run the sample recipes and their faults on a Docker Swarm of its own (root)
	$(SWIFT) build --build-tests
	Tests/swarm/run.sh $(DEBUG)/parity

test-apps: packages samples ## take real DokuWiki, Synapse and MediaWiki through their life, and their faults (fetches them)
	@.ci/packages apps
	.ci/apps
	$(SWIFT) build --build-tests
	$(DEBUG)/parity run --project Tests/recipes/apps --jobs 2
	$(DEBUG)/parity verify --project Tests/recipes/apps
	REQUIRE_APPS=1 $(SUMMARIZE) apps $(SWIFT) test --skip-build --filter '^FaultTests\.AppTests'

fuzz: packages ## give each reader of files broken ones for ten minutes
	$(SWIFT) build --build-tests
	FUZZ_SECONDS=600 $(SUMMARIZE) fuzz $(SWIFT) test --skip-build --filter '\.(Suite|Coverage)?FuzzTests'

soak: packages samples ## take the sample recipe through fifty good runs in bad weather
	$(SWIFT) build --build-tests
	GOOD_RUNS=50 $(SUMMARIZE) soak $(SWIFT) test --skip-build --filter '^FaultTests\.GoodRun'

mutants: packages samples ## take out each control and verdict rule in turn; a test must go red for each
	$(SWIFT) build --build-tests
	THOROUGH=1 Tests/mutations/mutate.py

docs: build samples ## make the pictures of docs/ from a real run (fetches Chromium)
	@.ci/packages docs
	.ci/pictures $(DEBUG)/parity

packages: ## install the Debian packages that are missing (asks first)
	@.ci/packages

samples: ## make the sample recipes' git repositories
	@Tests/recipes/make-sample-recipes.sh $(SAMPLES)

build: packages ## build for debugging
	$(SWIFT) build

release: packages ## build for use: one binary with Swift's own libraries inside
	PARITY_COMMIT=$$(.ci/package/commit) $(SWIFT) build -c release $(RELEASE_FLAGS) --product parity
	PARITY_COMMIT=$$(.ci/package/commit) $(SWIFT) build -c release $(RELEASE_FLAGS) --product plausible-standin

deb: release ## build a Debian package, .build/parity_<version>_<arch>.deb
	@.ci/packages package
	# From a debug build: in the release one, the plugin would link Swift's libraries dynamically.
	$(SWIFT) package generate-manual --configuration debug --multi-page
	package=$$(.ci/package/deb) && lintian --fail-on error "$$package"

test-packages: deb samples ## install, use and remove the package in a fresh Debian 12 and 13 (root)
	.ci/package/test "$(DEB)"

image: deb ## build an image of the package, .build/parity_<version>_<arch>.image.tar (root)
	.ci/package/image "$(DEB)"

lint: ## check the style of all Swift files
	$(SWIFT) format lint --strict --recursive $(SWIFT_FILES)

bench: release ## measure HTTP checks beside a loop in C and pytest
	Benchmarks/run.sh $(RELEASE)/parity

clean: ## remove all that was built, and the sample recipes
	rm -rf .build
