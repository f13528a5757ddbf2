#: request | GET /a
#: assert | GET /a | status | < 400
#!/bin/sh
set -e
echo "https://h/a" | xargs curl -fsS
