#: request | GET /a
#: assert | GET /a | field status | == "ok"
#: assert | GET /a | field checks.db | == "ok"
#: assert | GET /a | field items | counts as true
#!/bin/bash
set -euo pipefail
answer=$(curl -s "$1/a")
echo "$answer" | jq -e '.status=="ok"' > /dev/null
[ "$(jq -r .checks.db <<< "$answer")" = ok ]
jq -e .items <<< "$answer" > /dev/null
