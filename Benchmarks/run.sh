#!/bin/bash
# Benchmarks/run.sh [PARITY]: CPU seconds of 2,000 HTTP checks, best of some rounds.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
# Python's caches would be written beside the sources.
export PYTHONDONTWRITEBYTECODE=1
parity=${1:-}
if [[ -n $parity ]]; then parity=$(realpath "$parity"); fi
checks=${CHECKS:-2000}
rounds=${ROUNDS:-3}
python=${PYTHON:-python3}

folder=$(mktemp -d)
server=
clean_up() {
  # The end of its standard input ends the server.
  exec 8>&- || true
  if [[ -n $server ]]; then wait "$server" 2>/dev/null || true; fi
  rm -rf "$folder"
}
trap clean_up EXIT

source_folder=$here/http-checks
gcc -O2 -Wall -Wextra -Werror -o "$folder/server" "$source_folder/server.c" -lpthread
gcc -O2 -Wall -Wextra -Werror -o "$folder/loop" "$source_folder/loop.c" -lcurl

mkfifo "$folder/stop"
"$folder/server" <"$folder/stop" >"$folder/port" &
server=$!
exec 8>"$folder/stop"
while [[ ! -s $folder/port ]]; do sleep 0.01; done
url=http://127.0.0.1:$(<"$folder/port")

# Prints the least CPU seconds, user and system together, and the least seconds on the clock.
measure() {
  local name=$1 round times
  shift
  for ((round = 0; round < rounds; round++)); do
    times=$({ TIMEFORMAT='%U %S %R'; time "$@" >"$folder/$name.log" 2>&1; } 2>&1) || {
      cat "$folder/$name.log" >&2
      echo "$name failed" >&2
      return 1
    }
    echo "$times"
  done | awk -v name="$name" '
    { cpu = $1 + $2; if (NR == 1 || cpu < best) best = cpu; if (NR == 1 || $3 < clock) clock = $3 }
    END { print name, best, clock }'
}

{
  measure loop "$folder/loop" "$url" "$checks"
  CHECKS_URL=$url CHECKS_COUNT=$checks measure pytest \
    "$python" -m pytest -q -p no:cacheprovider "$source_folder/test_checks.py"
  if [[ -n $parity ]]; then
    "$source_folder/suite.sh" "$folder/suite" "$url" "$checks"
    (cd "$folder/suite" && measure parity "$parity" run)
  fi
} | awk -v checks="$checks" '
  { cpu[$1] = $2; clock[$1] = $3; order[NR] = $1 }
  END {
    printf "%-10s %8s %8s %14s %12s %14s\n",
      "program", "CPU s", "clock s", "µs CPU/check", "above loop", "pytest / this"
    for (i = 1; i <= NR; i++) {
      name = order[i]
      printf "%-10s %8.3f %8.3f %14.1f %12.1f %14.1f\n", name, cpu[name], clock[name],
        cpu[name] / checks * 1e6, (cpu[name] - cpu["loop"]) / checks * 1e6,
        cpu["pytest"] / (cpu[name] > 0 ? cpu[name] : 1e-9)
    }
  }'
