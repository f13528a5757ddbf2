# What there is to do here; `make` alone lists it.

SWIFT ?= swift
SAMPLES := .build/sample-recipes
DEBUG := .build/debug
RELEASE := .build/release
SWIFT_FILES := Package.swift Sources Tests Benchmarks templates docs
# Tests that start no server and watch no clock.
PLAIN := ^(Auditing|Corpus|Evidence|Files|Formats|Git|MarkdownDocuments|Reports|Suites|XMLDocuments)Tests\.
# Prints what failed, and a line a suite.
SUMMARIZE := Tests/summarize.py
# How many tests of `swift test` run at a time.
WIDTH := --experimental-maximum-parallelization-width

.PHONY: help demo test test-swarm soak mutants packages samples build release lint bench clean
.DEFAULT_GOAL := help

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' Makefile | while IFS='|' read -r name text; \
	  do printf '  make %-10s %s\n' "$$name" "$$text"; done

demo: packages samples release ## build the tool and run the sample recipe through its life
	@echo $(RELEASE)/parity run plausible
	@status=0; $(RELEASE)/parity run plausible || status=$$?; \
	  echo; echo "Open reports/index.html, or read Tests/recipes/plausible/PARITY.md."; \
	  exit $$status

test: packages samples ## build, check the style, run every test, run the sample recipes
	$(SWIFT) build --build-tests
	$(SWIFT) format lint --strict --recursive $(SWIFT_FILES)
	$(SUMMARIZE) plain $(SWIFT) test --skip-build --filter '$(PLAIN)'
	# Each starts real servers, and this machine may have two cores.
	$(SUMMARIZE) servers $(SWIFT) test --skip-build $(WIDTH) 3 --skip '$(PLAIN)|^FaultTests\.'
	Tests/Standins/plausible/test-standin.sh $(DEBUG)/plausible-standin
	Tests/recipes/test-hooks.sh
	Tests/test_summarize.py
	Tests/mutations/test_swift_source.py
	Tests/mutations/mutate.py --check
	$(DEBUG)/parity lint
	$(DEBUG)/parity list
	$(DEBUG)/parity templates check
	$(DEBUG)/parity run
	$(DEBUG)/parity verify
	Tests/swarm/run.sh $(DEBUG)/parity '^FaultTests\.'

test-swarm: packages samples ## run the sample recipes and their faults on a Docker Swarm of its own (root)
	$(SWIFT) build --build-tests
	Tests/swarm/run.sh $(DEBUG)/parity

soak: packages samples ## take the sample recipe through fifty good runs in bad weather
	$(SWIFT) build --build-tests
	GOOD_RUNS=50 $(SUMMARIZE) soak $(SWIFT) test --skip-build --filter '^FaultTests\.GoodRun'

mutants: packages samples ## take out each control and verdict rule in turn; a test must go red for each
	$(SWIFT) build --build-tests
	Tests/mutations/mutate.py

packages: ## install the Debian packages that are missing (asks first)
	@.ci/packages

samples: ## make the sample recipes' git repositories
	@Tests/recipes/make-sample-recipes.sh $(SAMPLES)

build: packages ## build for debugging
	$(SWIFT) build

release: packages ## build for use: one binary with Swift's own libraries inside
	$(SWIFT) build -c release --static-swift-stdlib --product parity -Xlinker -s
	$(SWIFT) build -c release --static-swift-stdlib --product plausible-standin -Xlinker -s

lint: ## check the style of all Swift files
	$(SWIFT) format lint --strict --recursive $(SWIFT_FILES)

bench: release ## measure HTTP checks beside a loop in C and pytest
	Benchmarks/run.sh $(RELEASE)/parity

clean: ## remove all that was built, and the sample recipes
	rm -rf .build
