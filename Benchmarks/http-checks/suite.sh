#!/bin/bash
# suite.sh FOLDER SERVER CHECKS: writes a project with a recipe of one service and as many checks,
# each a request, its status and two fields of the JSON in its answer.
set -euo pipefail
folder=$1 server=$2 checks=$3
suite=$folder/suites/checks
mkdir -p "$suite/functional" "$suite/recipe"

cat >"$folder/parity.yml" <<'FILE'
suites: suites
reports: reports
corpus: {none: there are no older scripts for a benchmark}
driver: local
FILE

cat >"$suite/recipe.yml" <<'FILE'
recipe: checks
health: {path: /check/0, ok: [200], steady: 1ms, within: 10s}
FILE

cat >"$suite/recipe/compose.yml" <<'FILE'
version: "3.8"
services:
  app:
    image: checks:1.0
    deploy:
      labels:
        - "coop-cloud.${STACK_NAME}.version=0.1.0+1.0"
FILE

cat >"$suite/local.yml" <<FILE
services:
  app:
    standin: a small server that answers each check
    ports: [80]
    command: ["$server", "{{port.80}}"]
    ready: {port: 80, within: 10s}
FILE

for ((number = 0; number < checks; number++)); do
  cat <<CHECK
check_$number:
  about: The answer to number $number carries it.
  steps:
    - http: {get: /check/$number}
      expect: {status: 200, json: {id: $number, status: ok}}
CHECK
done >"$suite/functional/checks.yml"
