#: request | GET /a
#: assert | GET /a | status | in 200-299
#!/bin/bash
code=$(curl -s -o /dev/null -w '%{http_code}' "$1/a")
if (( code < 200 || $code >= 300 )); then exit 1; fi
