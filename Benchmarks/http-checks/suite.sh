#!/bin/bash
# suite.sh FOLDER URL CHECKS: writes a suite with one HTTP check for each number.
set -euo pipefail
folder=$1 url=$2 checks=$3
suite=$folder/Tests/recipes/checks
mkdir -p "$suite/functional"
: >"$suite/recipe.yml"
for ((number = 0; number < checks; number++)); do
  cat <<CHECK
check_$number:
  about: The answer to number $number carries it.
  steps:
    - http: {get: "$url/check/$number"}
      expect: {status: 200, json: {id: $number, status: ok}}
CHECK
done >"$suite/functional/checks.yml"
