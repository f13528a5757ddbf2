#!/bin/bash
# Runs the sample recipes and every fault on a Docker Swarm: run.sh [PARITY [FILTER]], or `make test-swarm`.
#
# Installs what is missing, starts an engine of its own in .build/swarm, builds the images, and stops the engine
# whatever happened. FILTER, of `swift test`, may name further tests beside those of a Swarm: both wait more than they
# work. Where no engine can be (not as root, none to be had), the further tests are run, and it says how much was not;
# with REQUIRE_SWARM=1 that is a failure.
set -euo pipefail
cd "$(dirname "$0")/../.."
parity=${1:-.build/debug/parity}
own='^FaultTests\.SwarmTests'
filter=${2:-$own}
folder=$PWD/.build/swarm
engine=Tests/swarm/engine.sh
recipes=(custom-html plausible)
faults=(Tests/faults/swarm/*.yml)

run_tests() {
  Tests/summarize.py faults "${SWIFT:-swift}" test --skip-build --filter "$filter"
}
leave() {
  local status=0
  if [[ $filter != "$own" ]]; then run_tests || status=$?; fi
  echo "test-swarm: ${#recipes[@]} recipes and ${#faults[@]} faults not run: no engine ($*)" >&2
  if [[ ${REQUIRE_SWARM:-} == 1 && $status -eq 0 ]]; then status=1; fi
  exit "$status"
}
[[ $EUID -eq 0 ]] || leave "only root can start an engine"
mkdir -p "$folder"
.ci/packages swarm >"$folder/packages.log" 2>&1 ||
  leave "the packages cannot be installed: $(tail -n 1 "$folder/packages.log")"

# One at a time: two would take one another's engine away.
exec 9>"$folder/lock"
flock 9

# Descriptors of the lock are not handed on: the engine would hold it for ever.
trap '"$engine" stop "$folder" 9>&-' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
"$engine" stop "$folder" 9>&- # what a run that was killed left
"$engine" start "$folder" >"$folder/start.log" 2>&1 9>&- ||
  leave "no engine starts here: $(tail -n 1 "$folder/start.log")"
DOCKER_HOST=$("$engine" host "$folder")
export DOCKER_HOST DOCKER_CONFIG=$folder/config
unset DOCKER_CONTEXT DOCKER_TLS_VERIFY DOCKER_CERT_PATH

took() { # took WHAT
  echo "test-swarm: $1: $((SECONDS - begun)) s"
  begun=$SECONDS
}
begun=$SECONDS
Tests/swarm/images.sh "$folder/images" "$(dirname "$parity")/plausible-standin" 9>&- >/dev/null
took images

# Rows behind a proxy are tried where pip has one; the engine has no room of its own for it otherwise.
if Tests/swarm/traefik.sh start "$folder/traefik" >"$folder/traefik.env" 2>"$folder/traefik.log" 9>&-; then
  # shellcheck source=/dev/null
  source "$folder/traefik.env"
else
  echo "test-swarm: skipped rows behind Traefik: $(tail -n 1 "$folder/traefik.log")" >&2
fi
took Traefik

inventory() {
  local kind
  for kind in service config secret network; do docker "$kind" ls --format "$kind {{.Name}}"; done
  docker volume ls --format 'volume {{.Name}}'
  docker container ls --all --format 'container {{.Names}}'
}
inventory >"$folder/before"
status=0

"$parity" run --driver swarm --jobs 2 "${recipes[@]}" 9>&- || status=$?
took "the sample recipes"
if [[ -z ${SWARM_SAMPLES_ONLY:-} ]]; then
  PARITY_SWARM_HOST=$DOCKER_HOST PARITY_SWARM_FOLDER=$folder run_tests 9>&- || status=$?
  took "the faults"
fi

# Docker 20.10 dies of a nil pointer now and then, when a service goes while its tasks are being forgotten
# (swarmkit, SetServiceTasksRemove). Whatever failed then tells nothing of the tool, but nothing was shown either.
if grep -q '^panic: ' "$folder/log"; then
  echo "test-swarm: the engine itself died of a panic ($folder/log): run it again" >&2
  exit 2
fi

inventory >"$folder/after"
if ! diff -U 0 "$folder/before" "$folder/after" >"$folder/left"; then
  echo "test-swarm: the engine does not hold what it held before:" >&2
  grep '^[-+][^-+]' "$folder/left" >&2
  [[ $status -ne 0 ]] || status=1
fi
exit "$status"
