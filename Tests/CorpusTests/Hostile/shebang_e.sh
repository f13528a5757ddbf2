#: request | GET /a
#: assert | GET /a | status | < 400
#!/bin/bash -eu
curl -fs "$1/a" > /dev/null
echo well
