#!/bin/sh
# Two catalogues of 20,000 checks compared, beside the same with Python's json; the bar is Python's
# time, and 200 MB.
# usage: run.sh PARITY
set -eu
parity=$(realpath "$1")
here=$(realpath "$(dirname "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cc -O2 -o "$work/measure" "$here/../measure.c"
"$here/make.py" "$work" 20000 500
cd "$work"
du -sh a | cut -f 1
echo "own CPU s, CPU with children s, clock s, peak KiB"
for side in same few all; do
  echo "parity diff a $side"
  ./measure 3 "$parity" diff a "$side" --fail-on none --format json --output diff.json
  echo "python3 compare.py a $side"
  ./measure 1 python3 "$here/compare.py" a "$side"
done
