#!/bin/sh
# Clients and other servers find this one. usage: well_known.sh DOMAIN
set -eu

domain=${1:?usage: well_known.sh DOMAIN}

check_client() {
  curl -fsS -m 10 "https://$domain/.well-known/matrix/client" | grep -q '"m.homeserver"' || {
    echo "FAIL GET /.well-known/matrix/client names no homeserver" >&2
    return 1
  }
}

check_server() {
  curl -fsS -m 10 "https://$domain/.well-known/matrix/server" | grep -q ':443"' || {
    echo "FAIL GET /.well-known/matrix/server does not lead to port 443" >&2
    return 1
  }
}

check_client || exit 1
check_server || exit 1
echo OK
