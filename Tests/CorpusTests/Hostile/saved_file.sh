#: request | GET /a
#: assert | GET /a | status | == 200
#: assert | GET /a | body | counts as true
#: assert | GET /a | body | contains "well"
#!/bin/bash
set -e
code=$(curl -s -o /tmp/a.html -w '%{http_code}' "$1/a")
test "$code" -eq 200
test -s /tmp/a.html
grep -q well /tmp/a.html
