#: request | GET /a
#: assert | GET /a | status | == 200
#!/bin/sh
code=$(curl -s -o /dev/null -w '%{http_code}' "$1/a")
if [ "$code" -ne 200 ]; then echo "no"; exit 1; fi
