#: request | GET /a
#: assert | GET /a | status | == 200
#: assert | GET /a | body | contains "well"
#!/bin/bash
answer=$(curl -s -w '\n%{http_code}' "$1/a")
code=$(echo "$answer" | tail -n 1)
body=$(echo "$answer" | sed '$d')
[ "$code" = 200 ] || exit 1
echo "$body" | grep -q well || exit 1
