#!/bin/sh
# Every file of the test user has its row.
# usage: files_in_database.sh DOMAIN
set -eu

domain=${1:?usage: files_in_database.sh DOMAIN}
rows=$(docker exec "${domain}_db" psql -U nextcloud -d nextcloud -tA \
  -c "SELECT count(*) FROM oc_filecache WHERE path LIKE 'files/%'")
[ "$rows" -ge 1 ] || { echo "FAIL $rows rows" >&2; exit 1; }
echo OK
