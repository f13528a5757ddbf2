#: request | GET /a
#: assert | GET /a | status | < 400
#!/bin/bash
set -e
cleanup() { curl -s -X DELETE "$base/a"; }
base=$1
trap cleanup EXIT
curl -fs "$base/a" > /dev/null
