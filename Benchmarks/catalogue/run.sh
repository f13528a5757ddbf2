#!/bin/sh
# `parity audit` over 200 recipes of 10 scripts each: the bars are 3 s with nothing cached, and half a
# second with what an earlier one read.
# usage: run.sh PARITY
set -eu
parity=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_CACHE_HOME="$work/cache"
"$(dirname "$0")/make.py" "$work/catalogue"
cd "$work/catalogue"
"$parity" pin >/dev/null

audit() {
  start=$(date +%s%N)
  "$parity" audit >"$work/out" || [ $? -eq 1 ]
  echo "$(($(date +%s%N) / 1000000 - start / 1000000)) ms, $1"
}
for _ in 1 2 3; do
  rm -rf "$XDG_CACHE_HOME"
  audit "nothing cached"
done
for _ in 1 2 3 4 5; do audit cached; done
head -n 3 "$work/out"
