#!/bin/sh
# A file of the media manager is served with its type.
# usage: media_upload.sh DOMAIN (the file was uploaded by hand, once)
set -eu

domain=${1:?usage: media_upload.sh DOMAIN}
status=$(curl -s -o /dev/null -m 10 -w '%{http_code}' "https://$domain/lib/exe/mediamanager.php?ns=ci")
[ "$status" = 200 ] || {
  echo "FAIL GET /lib/exe/mediamanager.php answered $status, not 200" >&2
  exit 1
}
file=recipe-tests-$(date +%s).zip
curl -fsS -m 10 -D - -o /dev/null "https://$domain/lib/exe/fetch.php?media=ci:$file" |
  grep -qi '^content-type: application/zip' || {
  echo "FAIL GET /lib/exe/fetch.php has another type" >&2
  exit 1
}
echo OK
