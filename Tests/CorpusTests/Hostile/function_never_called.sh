#: request | GET /a
#: assert | GET /a | status | < 400
#: unread | login
#: unread | {…}
#!/bin/bash
set -e
login() { curl -fs -d x "$1/login"; }
curl -fs "$1/a"
"$2" "$1"
