#: request | GET /a
#: assert | GET /a | status | < 400
#!/bin/sh
if [ $# -lt 1 ]; then echo usage; exit 2; fi
[ -n "$1" ] || exit 2
command -v curl > /dev/null || exit 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
curl -fs "$1/a" > "$work/a" || exit 1
