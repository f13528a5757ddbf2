#: request | GET /list
#: assert | GET /list | body | != "broken"
#!/bin/bash
while read -r line; do
  [ "$line" != broken ] || exit 1
done < <(curl -s "$1/list")
