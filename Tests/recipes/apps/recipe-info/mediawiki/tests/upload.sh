#!/bin/sh
# Uploads are on, and an uploaded file is known. usage: upload.sh DOMAIN FILE
set -eu

[ $# -eq 2 ] || { echo "usage: upload.sh DOMAIN FILE" >&2; exit 2; }
status=$(curl -s -o /dev/null -m 10 -w '%{http_code}' \
  "https://$1/api.php?action=query&titles=File:Ci-$2.dat&prop=imageinfo&format=json")
[ "$status" = 200 ] || {
  echo "FAIL GET /api.php answered $status, not 200" >&2
  exit 1
}
echo OK
