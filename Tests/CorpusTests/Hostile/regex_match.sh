#: request | GET /a
#: assert | GET /a | body | matches "^v[0-9]+\\.[0-9]+"
#!/bin/bash
body=$(curl -s "$1/a")
if [[ ! $body =~ ^v[0-9]+\.[0-9]+ ]]; then
  exit 1
fi
