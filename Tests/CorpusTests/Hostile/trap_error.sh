#: request | GET /a
#: assert | GET /a | status | < 400
#!/bin/bash
trap 'echo failed; exit 1' ERR
curl -fs "$1/a" > /dev/null
echo well
