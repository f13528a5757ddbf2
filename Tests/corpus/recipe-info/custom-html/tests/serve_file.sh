#!/bin/sh
# A file that is written into the volume is served byte for byte.
# usage: serve_file.sh DOMAIN
set -eu

[ $# -eq 1 ] || { echo "usage: serve_file.sh DOMAIN" >&2; exit 2; }
domain=$1
name="recipe-info-$$.bin"
work=$(mktemp -d)
trap 'rm -rf "$work"; abra app run "$domain" app -- rm -f "/usr/share/nginx/html/$name"' EXIT

head -c 65536 /dev/urandom > "$work/sent"
abra app cp "$domain" "$work/sent" "app:/usr/share/nginx/html/$name"

curl -fsS -m 10 -o "$work/got" "https://$domain/$name"
cmp "$work/sent" "$work/got" || {
  echo "FAIL GET /$name is not what was written" >&2
  exit 1
}
echo OK
