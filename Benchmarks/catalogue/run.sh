#!/bin/sh
# `parity audit` over 200 recipes of 10 scripts each; the bar is half a second.
# usage: run.sh PARITY
set -eu
parity=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$(dirname "$0")/make.py" "$work/catalogue"
cd "$work/catalogue"
"$parity" pin >/dev/null
for _ in 1 2 3 4 5; do
  start=$(date +%s%N)
  "$parity" audit >"$work/out" || [ $? -eq 1 ]
  echo "$(($(date +%s%N) / 1000000 - start / 1000000)) ms"
done
head -n 3 "$work/out"
