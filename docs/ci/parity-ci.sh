#!/bin/sh
# Runs Parity in a CI, whichever it is: parity-ci.sh [RECIPE…]
#
# Holds the committed pages against their coverage, runs the recipes, compares what they prove with the commit that
# the change branched off from, and exits last, when everything is written:
#
#   reports/<recipe>/junit.xml, coverage.html …   as `parity run` writes them
#   reports/comment.md                            what the change does to what is proven, for a comment; only for
#                                                 a change that goes somewhere
#
# PARITY          the program; by default the one of PATH, else it is built from PARITY_SOURCE
# PARITY_SOURCE   a checkout of Parity, for which Swift must be there
# PARITY_JUNIT    whom junit.xml is for; by default what the CI reads
# PARITY_BASE     the branch that the change is to go to; by default what the CI says
#
# Exit status: the worst of what was run: 65 or 64, 2, 1, 0.
set -u

parity="${PARITY:-parity}"
if ! command -v "$parity" >/dev/null 2>&1; then
  source="${PARITY_SOURCE:-}"
  if [ -z "$source" ]; then
    echo "parity-ci: there is no $parity; put it into the image, or name a checkout in PARITY_SOURCE" >&2
    exit 64
  fi
  (cd "$source" && swift build -c release --static-swift-stdlib --product parity) >&2 || exit 2
  parity="$source/.build/release/parity"
fi

junit="${PARITY_JUNIT:-}"
if [ -z "$junit" ]; then
  case "${GITLAB_CI:-}${GITHUB_ACTIONS:-}" in
    *true*) if [ "${GITLAB_CI:-}" = true ]; then junit=gitlab; else junit=github; fi ;;
    *) junit=jenkins ;;
  esac
fi

# Of a pull or merge request only: GitHub's, Gitea's and Forgejo's word, GitLab's, Woodpecker's, Drone's.
base="${PARITY_BASE:-${GITHUB_BASE_REF:-${CI_MERGE_REQUEST_TARGET_BRANCH_NAME:-}}}"
if [ -z "$base" ] && [ "${CI_PIPELINE_EVENT:-}" = pull_request ]; then base="${CI_COMMIT_TARGET_BRANCH:-}"; fi
if [ -z "$base" ] && [ "${DRONE_BUILD_EVENT:-}" = pull_request ]; then base="${DRONE_TARGET_BRANCH:-}"; fi

worst=0
# Statuses by how bad they are.
rank() {
  case "$1" in
    0) echo 0 ;;
    1) echo 1 ;;
    64 | 65) echo 3 ;;
    *) echo 2 ;;
  esac
}
step() {
  echo "parity-ci: $*"
  status=0
  "$@" || status=$?
  [ "$(rank "$status")" -le "$(rank "$worst")" ] || worst="$status"
}

# A comment comes from this run alone: not from the change, and not from where a link leads.
if [ -L reports ]; then
  echo "parity-ci: reports is a link" >&2
  exit 64
fi
rm -rf reports/comment.md

step "$parity" verify
step "$parity" run --junit "$junit" "$@"
if [ -n "$base" ]; then
  # A clone that a CI made knows one branch, and often one commit of it.
  git fetch --quiet --no-tags origin "+refs/heads/$base:refs/remotes/origin/$base" || true
  if [ "$(git rev-parse --is-shallow-repository)" = true ]; then git fetch --quiet --unshallow origin || true; fi
  if from="$(git merge-base "refs/remotes/origin/$base" HEAD)"; then
    mkdir -p reports
    step "$parity" diff "$from" --format markdown --limit 60000 --output reports/comment.md
  else
    echo "parity-ci: $base and this commit have no common one; nothing is compared" >&2
    [ "$worst" != 0 ] || worst=2
  fi
fi
case "$worst" in
  0) echo "parity-ci: as claimed" ;;
  1) echo "parity-ci: a check failed, a claim is refuted, or less is proven than before" ;;
  2) echo "parity-ci: a run broke and shows nothing" ;;
  *) echo "parity-ci: nothing can be run like this" ;;
esac
exit "$worst"
