#!/bin/sh
# A user that is registered on the server can log in.
# usage: register_user.sh DOMAIN
set -eu

domain=${1:?usage: register_user.sh DOMAIN}
user="recipe-tests-$$"
password=$(cat "$(dirname "$0")/testsecrets/matrix")

docker exec "$(docker ps -qf "name=${domain}_app")" \
  register_new_matrix_user -u "$user" -p "$password" --no-admin http://localhost:8008

login=$(curl -sS -m 10 -X POST "https://$domain/_matrix/client/v3/login" \
  -H 'Content-Type: application/json' \
  -d @- <<JSON
{"type": "m.login.password", "user": "$user", "password": "$password"}
JSON
)
[ "$(printf '%s' "$login" | jq -r .user_id)" = "@$user:$domain" ] || {
  echo "FAIL login answered $login" >&2
  exit 1
}
echo OK
