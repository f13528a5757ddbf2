#: request | GET /a
#: unread | python3
#!/bin/bash
set -eo pipefail
curl -s "$1/a" | python3 -c 'import json, sys; assert json.load(sys.stdin)["status"] == "ok"'
