#: request | HEAD /a
#: assert | HEAD /a | header content-type | contains "text/html"
#: assert | HEAD /a | header strict-transport-security | is there
#!/bin/sh
set -e
head=$(curl -sI "$1/a")
echo "$head" | grep -qi '^Content-Type: text/html'
echo "$head" | grep -qi '^strict-transport-security:'
