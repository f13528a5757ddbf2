#!/bin/bash
# Benchmarks/run.sh [PARITY]: start-up, one HTTP check and many, beside a loop in C and pytest.
#
# All numbers are the best of some rounds. CHECKS, ROUNDS and PYTHON change what is run.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
project=$(dirname "$here")
# Python's caches would be written beside the sources.
export PYTHONDONTWRITEBYTECODE=1
parity=${1:-}
if [[ -n $parity ]]; then parity=$(realpath "$parity"); fi
checks=${CHECKS:-2000}
rounds=${ROUNDS:-3}
python=${PYTHON:-python3}

folder=$(mktemp -d)
# Services run as another user, who must find the server in it.
chmod 755 "$folder"
server=
clean_up() {
  # The end of its standard input ends the server.
  exec 8>&- || true
  if [[ -n $server ]]; then wait "$server" 2>/dev/null || true; fi
  rm -rf "$folder"
}
trap clean_up EXIT

source_folder=$here/http-checks
compile() { gcc -O2 -Wall -Wextra -Werror -o "$folder/$1" "$2" "${@:3}"; }
compile measure "$here/measure.c"
compile server "$source_folder/server.c" -lpthread
compile loop "$source_folder/loop.c" -lcurl

mkfifo "$folder/stop"
"$folder/server" <"$folder/stop" >"$folder/port" &
server=$!
exec 8>"$folder/stop"
while [[ ! -s $folder/port ]]; do sleep 0.01; done
url=http://127.0.0.1:$(<"$folder/port")

# measure NAME ROUNDS PROGRAM…: a line of NAME and the numbers of `measure`.
measure() {
  local numbers
  if ! numbers=$("$folder/measure" "$2" "${@:3}" 2>"$folder/log"); then
    tail -n 40 "$folder/log" >&2
    echo "$1 failed" >&2
    return 1
  fi
  echo "$1 $numbers"
}

run_loop() { measure loop "$rounds" "$folder/loop" "$url" "$1"; }

run_pytest() {
  CHECKS_URL=$url CHECKS_COUNT=$1 measure pytest "$rounds" \
    "$python" -m pytest -q -p no:cacheprovider --junitxml="$folder/junit.xml" \
    "$source_folder/test_checks.py"
}

# Nobody vouches for these checks' depth, which the audit says with 1; what failed is in the record.
run_parity() {
  local suite=$folder/suite-$1
  if [[ ! -d $suite ]]; then "$source_folder/suite.sh" "$suite" "$folder/server" "$1"; fi
  EXPECTED=1 measure parity "$rounds" "$parity" run --project "$suite"
  if [[ $(grep -c '"outcome" : "passed"' "$suite"/reports/checks/coverage.json) -lt $1 ]]; then
    echo "parity: not all checks passed" >&2
    return 1
  fi
}

if [[ -n $parity ]]; then
  "$project/Tests/recipes/make-sample-recipes.sh" "$project/.build/sample-recipes" >/dev/null
  echo "Start-up, best of 20"
  {
    measure "parity --version" 20 "$parity" --version
    measure "parity list plausible" 20 "$parity" list --project "$project" plausible
    measure "python3 -c pass" 20 "$python" -c pass
    measure "import requests" 20 "$python" -c "import requests"
  } | awk '
    BEGIN { printf "%-24s %9s %9s %9s\n", "", "clock ms", "CPU ms", "peak MB" }
    { n = NF; name = $1; for (i = 2; i <= n - 4; i++) name = name " " $i
      printf "%-24s %9.1f %9.1f %9.1f\n", name, $(n-1) * 1e3, $(n-2) * 1e3, $n / 1024 }'
  echo
fi

{
  run_loop 1
  run_pytest 1
  if [[ -n $parity ]]; then run_parity 1; fi
} >"$folder/one"
echo "One HTTP check, from start to JUnit file"
awk '
  BEGIN { printf "%-10s %9s %12s %12s %9s\n", "", "clock ms", "own CPU ms", "all CPU ms", "peak MB" }
  { printf "%-10s %9.1f %12.1f %12.1f %9.1f\n", $1, $4 * 1e3, $2 * 1e3, $3 * 1e3, $5 / 1024 }
' "$folder/one"
echo

{
  run_loop "$checks"
  run_pytest "$checks"
  if [[ -n $parity ]]; then run_parity "$checks"; fi
} >"$folder/many"
echo "$checks HTTP checks; a check is the difference to one check, divided"
awk -v checks="$checks" '
  NR == FNR { one[$1] = $2; next }
  { cpu[$1] = $2; clock[$1] = $4; peak[$1] = $5; order[++count] = $1
    each[$1] = ($2 - one[$1]) / (checks - 1) * 1e6 }
  END {
    printf "%-10s %8s %8s %8s %12s %11s %14s\n",
      "", "clock s", "CPU s", "peak MB", "µs a check", "above loop", "pytest / this"
    for (i = 1; i <= count; i++) {
      name = order[i]
      printf "%-10s %8.2f %8.3f %8.1f %11.1f %11.1f %14.1f\n", name, clock[name], cpu[name],
        peak[name] / 1024, each[name], each[name] - each["loop"], each["pytest"] / each[name]
    }
  }' "$folder/one" "$folder/many"
