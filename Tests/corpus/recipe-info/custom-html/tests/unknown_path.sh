#!/usr/bin/env bash
# An address where there is nothing is 404, and not somebody's fallback.
# usage: unknown_path.sh DOMAIN
set -euo pipefail

base="https://${1:?usage: unknown_path.sh DOMAIN}"

status_of() {
  curl -s -o /dev/null -m 10 -w '%{http_code}' "$base$1"
}

# A file that nobody wrote.
check_missing_file() {
  [ "$(status_of /missing.html)" = 404 ] || { echo "FAIL /missing.html" >&2; return 1; }
}

# A folder that nobody made.
check_missing_folder() {
  [ "$(status_of /missing/)" = 404 ] || { echo "FAIL /missing/" >&2; return 1; }
}

# The page is the instance's own, not the proxy's.
check_own_page() {
  page=$(curl -s -m 10 "$base/missing.html")
  if grep -q "404 page not found" <<< "$page"; then
    echo "FAIL /missing.html is the proxy's page" >&2
    return 1
  fi
}

failures=0
check_missing_file || failures=$((failures + 1))
check_missing_folder || failures=$((failures + 1))
check_own_page || failures=$((failures + 1))
[ "$failures" -eq 0 ] || exit 1
echo OK
