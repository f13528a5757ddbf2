#: request | GET /ready
#: assert | GET /ready | status | == 200
#!/bin/sh
until [ "$(curl -s -o /dev/null -w '%{http_code}' "$1/ready")" = 200 ]; do
  sleep 1
done
