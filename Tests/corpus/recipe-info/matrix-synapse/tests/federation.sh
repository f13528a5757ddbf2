#!/bin/sh
# Other servers find this one: its server name leads to a host, and the host has signing keys.
# usage: federation.sh SERVER_NAME DOMAIN
set -eu

[ $# -eq 2 ] || { echo "usage: federation.sh SERVER_NAME DOMAIN" >&2; exit 2; }

server=$(curl -fsS -m 10 "https://$1/.well-known/matrix/server") || {
  echo "FAIL GET /.well-known/matrix/server did not answer 200" >&2
  exit 1
}
case $server in
  *"\"$2:443\""*) ;;
  *)
    echo "FAIL the server name leads to $server, not to $2:443" >&2
    exit 1
    ;;
esac

curl -fsS -m 10 "https://$2/_matrix/key/v2/server" | grep -q '"verify_keys"' || {
  echo "FAIL GET /_matrix/key/v2/server shows no keys" >&2
  exit 1
}
echo OK
