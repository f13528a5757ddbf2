#: request | GET /a
#: assert | GET /a | value part of output of curl | == 200
#!/bin/bash
answer=$(curl -s -w '%{http_code}' "$1/a")
code=${answer: -3}
[ "$code" = 200 ] || exit 1
