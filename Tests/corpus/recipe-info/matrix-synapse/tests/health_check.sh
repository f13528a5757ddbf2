#!/bin/sh
# Synapse answers on its health endpoint and speaks the client protocol.
# usage: health_check.sh DOMAIN
set -eu

[ $# -eq 1 ] || { echo "usage: health_check.sh DOMAIN" >&2; exit 2; }
domain=$1

status=$(curl -s -o /dev/null -m 10 -w '%{http_code}' "https://$domain/health")
if [ "$status" != 200 ]; then
  echo "FAIL GET /health answered $status, not 200" >&2
  exit 1
fi

versions=$(curl -fsS -m 10 "https://$domain/_matrix/client/versions") || {
  echo "FAIL GET /_matrix/client/versions did not answer 200" >&2
  exit 1
}
case $versions in
  *'"versions"'*) ;;
  *)
    echo "FAIL GET /_matrix/client/versions names no versions" >&2
    exit 1
    ;;
esac
echo OK
