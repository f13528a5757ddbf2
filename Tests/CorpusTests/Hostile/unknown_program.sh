#: request | GET /a
#: assert | GET /a | status | < 400
#: unread | check-certificate
#!/bin/bash
set -e
curl -fsS "https://h/a" > /dev/null
check-certificate "$1" --days 14
