#!/usr/bin/env bats
# The API without a user.

setup() {
  base="https://${GITEA_DOMAIN:?}"
}

@test "version is told" {
  run curl -fsS "$base/api/v1/version"
  [ "$status" -eq 0 ]
  [[ "$output" == *'"version"'* ]]
}

@test "users need a token" {
  run curl -s -o /dev/null -w '%{http_code}' "$base/api/v1/user"
  [ "$output" = 401 ]
}
