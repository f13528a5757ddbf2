#: request | GET /a
#: request | GET /b
#: assert | GET /a | status | < 400
#: assert | GET /b | status | < 400
#!/bin/bash
set -e
declare -a paths=("/a" "/b")
for path in "${paths[@]}"; do curl -fs "https://h$path"; done
