#: request | GET /a
#: assert | GET /a | status | < 400
#!/bin/bash
set -eo pipefail
curl -fs "$1/a" | tee /tmp/answer | wc -c
