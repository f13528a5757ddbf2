#!/bin/sh
# Tries the stand-in for Plausible as a process on real databases: test-standin.sh PROGRAM
#
# Prints one line a sentence, `ok` or `not ok`; the exit status is 1 if one is false. Needs
# PostgreSQL 15, ClickHouse 18.16 and curl, and leaves nothing behind.
set -eu

program="$(realpath "$1")"
here="$(cd "$(dirname "$0")" && pwd)"
recipes="$here/../../recipes"
hooks="$recipes/plausible/recipe-versions/3.0.0+v2.0.0"
root="$(mktemp -d)"
chmod 755 "$root"
standin=""
finish() {
  [ -z "$standin" ] || kill -KILL "$standin" 2>/dev/null || true
  exec 9>&- || true
  [ -z "${servers:-}" ] || wait "$servers" 2>/dev/null || true
  rm -rf "$root"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

mkfifo "$root/hold"
"$recipes/private-databases.sh" "$root/servers" <"$root/hold" >"$root/settings" &
servers=$!
exec 9>"$root/hold"
until [ -s "$root/settings" ]; do
  kill -0 "$servers" || exit 2
  sleep 0.1
done
. "$root/settings"
export PGDATABASE=plausible_db CLICKHOUSE_DATABASE=plausible_events_db BACKUP_DIR="$root"
export DATABASE_URL="postgres://postgres:never-shown@127.0.0.1:$PGPORT/$PGDATABASE"
export CLICKHOUSE_DATABASE_URL="http://127.0.0.1:$CLICKHOUSE_HTTP_PORT/$CLICKHOUSE_DATABASE"
export STANDIN_BOOT_DELAY=300ms STANDIN_WARM_UP=500ms STANDIN_SITES_CACHE_INTERVAL=2s
export STANDIN_FLUSH_INTERVAL=300ms STANDIN_FAULTS_FILE="$root/faults"
port=$((30000 + $$ % 2000))
while grep -q ":$(printf %04X "$port") " /proc/net/tcp; do port=$((port + 1)); done
export STANDIN_LISTEN="127.0.0.1:$port"
url="http://127.0.0.1:$port"

failures=0
check() {
  sentence="$1"
  shift
  if "$@" >"$root/out" 2>&1 9>&-; then
    echo "ok $sentence"
  else
    echo "not ok $sentence"
    sed 's/^/  /' "$root/out"
    failures=$((failures + 1))
  fi
}
is() { [ "$1" = "$2" ] || { echo "is $1, not $2" && false; }; }
within() {
  tries="$1"
  shift
  until "$@"; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || return 1
    sleep 0.1
  done
}
sql() { psql -X -q -A -t -v ON_ERROR_STOP=1 -c "$1" 9>&-; }
events() {
  printf '%s' "$1" | curl -sS --fail --noproxy '*' --data-binary @- \
    "http://127.0.0.1:$CLICKHOUSE_HTTP_PORT/?database=${2:-$CLICKHOUSE_DATABASE}"
}
get() { curl -s --noproxy '*' "$url$1" || true; }
status() { curl -s --noproxy '*' -o /dev/null -w '%{http_code}' "$url$1" || true; }
answers() { is "$(status "$1")" "$2"; }
post() {
  curl -s --noproxy '*' -D - -A "${3:-Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0}" \
    -d "{\"name\":\"$1\",\"url\":\"https://www.a.test$2?q\",\"domain\":\"a.test\"}" "$url/api/event"
}
start() {
  "$program" --app-version "$@" 2>>"$root/log" 9>&- &
  standin=$!
}
stop() {
  kill -TERM "$standin"
  code=0
  wait "$standin" || code=$?
  standin=""
}
# To its end, which must come by itself.
outcome() {
  code=0
  timeout -s KILL 10 "$program" "$@" 2>"$root/last" 9>&- || code=$?
}
empty() {
  PGDATABASE=postgres psql -X -q -c "DROP DATABASE IF EXISTS plausible_db WITH (FORCE)" \
    -c "CREATE DATABASE plausible_db" 2>/dev/null 9>&-
  events "DROP DATABASE IF EXISTS plausible_events_db" default
}
add_user() {
  sql "INSERT INTO users (email, inserted_at, updated_at) VALUES ('$1', now(), now())"
}
add_site() {
  sql "INSERT INTO sites (domain, timezone, inserted_at, updated_at)
    VALUES ('$1', 'UTC', now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC')"
}
location() {
  curl -s --noproxy '*' -o /dev/null -D - "$url/" | tr -d '\r' | sed -n 's/^[Ll]ocation: //p'
}
login() {
  token="$(get /login | sed -n 's/.*name="_csrf_token" value="\([^"]*\)".*/\1/p')"
  curl -s --noproxy '*' -o /dev/null -w '%{http_code}' -b "_plausible_key=$token" \
    -d "_csrf_token=$token" -d email=nobody@a.test "$url/login" || true
}
stored() { events "SELECT count() FROM events_v2 WHERE name = '$1' AND pathname = '$2'"; }
sessions_are() { is "$(events 'SELECT sum(sign), max(events) FROM sessions_v2')" "$1"; }
is_stored() { [ "$(stored "$1" "$2")" = 1 ]; }

# A life

empty
start 1.0.0
timeline=""
for _ in $(seq 600); do
  now="$(status /api/health)"
  case " $timeline " in *" $now ") ;; *) timeline="$timeline $now" ;; esac
  [ "$now" != 200 ] || break
  sleep 0.05
done
check "it refuses connections, then is unwell, then well" is "$timeline" " 000 500 200"
check "/ redirects once it is ready" answers / 302
check "the login page says what it is" is "$(get /login | grep -c 'Stand-in for Plausible')" 2
check "its version is told" is "$(get /standin/version)" \
  '{"schema":1,"standin":"plausible-standin","version":"1.0.0"}'
check "without a user / leads to /register" is "$(location)" /register
add_user a@a.test
check "with one it leads to /login" is "$(location)" /login
check "a stranger is refused at the login" is "$(login)" 200
add_site a.test
check "the first site makes health 500" answers /api/health 500
check "until the cache has been refreshed" within 30 answers /api/health 200
post pageview /p >/dev/null
post Signup /s >"$root/answer"
check "an event is acknowledged without a word about dropping" \
  is "$(grep -ci 'HTTP/1.1 202\|x-plausible-dropped' "$root/answer")" 1
check "a page view is stored under its path" within 30 is_stored pageview /p
check "a custom event is stored under its name" within 30 is_stored Signup /s
# Sessions are written after the events of a batch.
check "a session's rows come to one" within 30 sessions_are "1	2"
check "one visitor has one session" \
  is "$(events 'SELECT count(DISTINCT user_id), count(DISTINCT session_id) FROM events_v2')" "1	1"
check "what headless Chrome sends is dropped with the header that says so" \
  is "$(post pageview /c HeadlessChrome/126.0 | grep -ci '^x-plausible-dropped: 1')" 1
check "what curl sends is not" is "$(post pageview /c curl/8.5.0 | grep -ci x-plausible-dropped)" 0
check "the PostgreSQL hook makes a backup" "$hooks/pg_backup.sh" backup
check "the ClickHouse hook makes a backup" "$hooks/clickhouse_backup.sh" backup
"$hooks/pg_backup.sh" restore 2>/dev/null 9>&-
"$hooks/clickhouse_backup.sh" restore 9>&-
check "dead sessions of the pool are a 500 each" answers /api/health 500
check "it is well again after a restore" within 30 answers /api/health 200
check "and fails over the types of the old database" is "$(login)" 500
check "which its log says" grep -q "cache lookup failed for type" "$root/log"
stop
start 1.0.0
check "started again it is well" within 200 answers /api/health 200
check "and refuses strangers again" is "$(login)" 200
post pageview /after >/dev/null
check "and stores events" within 30 is_stored pageview /after
echo never-flushes >"$root/faults"
post pageview /held >/dev/null
sleep 0.8
check "a fault is switched on while it runs" is "$(stored pageview /held)" 0
rm "$root/faults"
check "and off" within 30 is_stored pageview /held
post pageview /last >/dev/null
stop
check "SIGTERM ends it with 0" is "$code" 0
check "and what was in the buffer is stored" is_stored pageview /last

start 2.0.0
check "2.0.0 gets well on the data of 1.0.0" within 200 answers /api/health 200
check "the sites are still there" is "$(sql 'SELECT domain FROM sites')" a.test
check "and so are the events" is_stored pageview /p
check "both schemas are 2" is "$(sql 'SELECT max(version) FROM schema_migrations') \
$(events 'SELECT max(version) FROM schema_migrations')" "2 2"
stop
outcome --app-version 1.0.0
check "1.0.0 refuses the new schema with 1" is "$code" 1
check "and says why" grep -q "newer than" "$root/last"
outcome --app-version 1.0.0 --fault exits-zero
check "exits-zero: it exits with 0 when it gives up" is "$code" 0
outcome --fault no-such-fault
check "a fault that is none is refused with 64" is "$code" 64
DATABASE_URL=postgres://a:never-shown@127.0.0.1:1/b outcome --database-timeout 1s
check "without a database it gives up with 1" is "$code" 1
check "no password is in the logs" is "$(cat "$root/log" "$root/last" | grep -c never-shown)" 0

# Upgrades that go wrong

for fault in none upgrade-loses-sites upgrade-loses-rows upgrade-not-running; do
  empty
  start 1.0.0
  within 200 answers /api/health 200 >/dev/null
  add_site a.test
  add_site b.test
  stop
  if [ "$fault" = none ]; then start 2.0.0; else start 2.0.0 --fault "$fault"; fi
  check "$fault: it gets well after the upgrade" within 200 answers /api/health 200
  seen="$(sql 'SELECT count(*) FROM sites') $(get /standin/version | grep -o '[12]\.0\.0')"
  case "$fault" in
    none) check "$fault: both sites are there" is "$seen" "2 2.0.0" ;;
    upgrade-loses-sites) check "$fault: no site is there" is "$seen" "0 2.0.0" ;;
    upgrade-loses-rows) check "$fault: one site is there" is "$seen" "1 2.0.0" ;;
    upgrade-not-running) check "$fault: 1.0.0 still runs" is "$seen" "2 1.0.0" ;;
  esac
  stop
done

[ "$failures" = 0 ] || { echo "$failures sentences are false" && exit 1; }
