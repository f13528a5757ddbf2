#: request | GET /a
#: assert | GET /a | status | < 400
#!/bin/sh
curl -sf "$1/a" > /dev/null
if [ $? -ne 0 ]; then
  echo no
  exit 1
fi
