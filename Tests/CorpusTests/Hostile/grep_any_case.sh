#: request | GET /a
#: assert | GET /a | body | contains "welcome home"
#!/bin/sh
set -e
curl -s "$1/a" | grep -qi 'Welcome Home'
