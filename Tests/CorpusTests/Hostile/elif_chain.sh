#: request | GET /a
#: assert | GET /a | status | in 200, 302
#!/bin/sh
code=$(curl -s -o /dev/null -w '%{http_code}' "$1/a")
if [ "$code" = 200 ]; then
  echo well
elif [ "$code" = 302 ]; then
  echo login
else
  exit 1
fi
