#: request | GET /a
#: assert | GET /a | status | == 200
#!/bin/bash
read -r code < <(curl -s -o /dev/null -w '%{http_code}' "$1/a")
[ "$code" = 200 ] || exit 1
