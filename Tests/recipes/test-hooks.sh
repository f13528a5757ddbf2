#!/bin/sh
# Tries the backup hooks of the sample recipe for Plausible on real servers: test-hooks.sh
#
# Prints one line a sentence, `ok` or `not ok`; the exit status is 1 if one is false. Needs
# PostgreSQL 15, ClickHouse 18.16 and curl, and leaves nothing behind.
set -eu

here="$(cd "$(dirname "$0")" && pwd)"
root="$(mktemp -d)"
chmod 755 "$root"
finish() {
  exec 9>&- || true
  [ -z "${servers:-}" ] || wait "$servers" 2>/dev/null || true
  rm -rf "$root"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

mkfifo "$root/hold"
"$here/private-databases.sh" "$root/servers" <"$root/hold" >"$root/settings" &
servers=$!
exec 9>"$root/hold"
until [ -s "$root/settings" ]; do
  kill -0 "$servers" || exit 2
  sleep 0.1
done
. "$root/settings"
export PGDATABASE=plausible_db CLICKHOUSE_DATABASE=plausible_events_db BACKUP_DIR="$root/backup"
mkdir "$BACKUP_DIR"

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
fails() { ! "$@"; }
is() { [ "$1" = "$2" ] || { echo "is $1, not $2" && false; }; }

sql() { psql -X -q -A -t -v ON_ERROR_STOP=1 -c "$1" 9>&-; }
events() {
  printf '%s' "$1" | curl -sS --fail --noproxy '*' --data-binary @- \
    "http://$CLICKHOUSE_HOST:$CLICKHOUSE_HTTP_PORT/?database=${2:-$CLICKHOUSE_DATABASE}&wait_end_of_query=1"
}

# A path without clickhouse-client, to try the hook's other way.
mkdir "$root/bin"
for program in sh cat curl sed rm mv mkdir; do
  ln -s "$(command -v "$program")" "$root/bin/$program"
done

hooks="$root/hooks"
mkdir "$hooks"
for folder in "$here"/plausible/recipe-versions/*/; do
  cp "$folder"*_backup.sh "$hooks/" 2>/dev/null || true
done

# PostgreSQL

pg() { "$hooks/pg_backup.sh" "$1"; }
pg_state() { sql "SELECT md5(string_agg(s::text, ',' ORDER BY id)) FROM sites s" || echo gone; }
PGDATABASE=postgres sql "CREATE DATABASE plausible_db"
sql "CREATE TABLE api_keys (id int); CREATE TABLE sites (id serial PRIMARY KEY, domain text UNIQUE);
  INSERT INTO sites (domain) SELECT 'site-' || n FROM generate_series(1, 5000) n;
  CREATE TABLE weekly_reports (id int); INSERT INTO weekly_reports VALUES (1)"
before="$(pg_state)"
check "the PostgreSQL hook makes a backup" pg backup
check "no partial dump stays beside the dump" [ ! -e "$BACKUP_DIR/backup.sql.part" ]
sql "DELETE FROM sites WHERE id % 2 = 0; UPDATE sites SET domain = domain || '!';
  DROP TABLE weekly_reports; CREATE TABLE later (id int)"
check "changed rows are seen as changed" fails is "$(pg_state)" "$before"
sql "SELECT pg_sleep(60)" >/dev/null 2>&1 &
session=$!
until [ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)'")" = 1 ]; do
  sleep 0.1
done
check "the PostgreSQL hook restores under an open session" pg restore
check "the open session was ended" fails wait "$session"
check "every site is what it was" is "$(pg_state)" "$before"
check "a dropped table is back with its row" is "$(sql 'SELECT count(*) FROM weekly_reports')" 1
check "a table made after the backup is gone" fails sql "SELECT * FROM later"
check "a second restore does not double rows" pg restore
check "there are still as many sites" is "$(sql 'SELECT count(*) FROM sites')" 5000

cp "$BACKUP_DIR/backup.sql" "$root/whole.sql"
size="$(wc -c <"$root/whole.sql")"
for part in 0 1 2 3; do
  head -c "$((size * part / 4))" "$root/whole.sql" >"$BACKUP_DIR/backup.sql"
  check "a dump cut to $part quarters is refused" fails pg restore
done
{ echo "SELECT no_such_function();"; cat "$root/whole.sql"; } >"$BACKUP_DIR/backup.sql"
check "a dump with a statement that fails is refused" fails pg restore
check "a refused restore leaves the sites alone" is "$(pg_state)" "$before"
check "a refused restore leaves no database behind" is \
  "$(sql "SELECT count(*) FROM pg_database WHERE datname LIKE '%restoring'")" 0
rm "$BACKUP_DIR/backup.sql"
check "a missing dump is refused" fails pg restore
cp "$root/whole.sql" "$BACKUP_DIR/backup.sql"
check "a backup of a database that is not there fails" fails \
  env PGDATABASE=no_such_db "$hooks/pg_backup.sh" backup
check "a backup that failed leaves the older dump" cmp "$root/whole.sql" "$BACKUP_DIR/backup.sql"

# ClickHouse, by clickhouse-client and by HTTP

state() {
  events "SELECT count(), sum(cityHash64(toString(timestamp), name, arrayStringConcat(\`meta.key\`)))
    FROM events_v2"
}
elsewhere() (
  CLICKHOUSE_DATABASE=no_such_db
  ch "$1"
)
try_clickhouse() {
  way="$1"
  rm -rf "$BACKUP_DIR/clickhouse"
  events "DROP DATABASE IF EXISTS $CLICKHOUSE_DATABASE" default
  events "CREATE DATABASE $CLICKHOUSE_DATABASE" default
  events "CREATE TABLE events_v2 (timestamp DateTime, name String, \`meta.key\` Array(String))
    ENGINE = MergeTree PARTITION BY toYYYYMM(timestamp) ORDER BY timestamp"
  events "CREATE TABLE sessions_v2 (start DateTime) ENGINE = MergeTree
    PARTITION BY toYYYYMM(start) ORDER BY start"
  events "CREATE TABLE visits (sign Int8, id UInt64) ENGINE = CollapsingMergeTree(sign) ORDER BY id"
  for sign in 1 -1 1; do events "INSERT INTO visits VALUES ($sign, 7)"; done
  events "INSERT INTO events_v2 SELECT toDateTime(1767225600 + number * 3600),
    concat('e\\t\\n', toString(number)), ['a', toString(number)] FROM system.numbers LIMIT 20000"
  before="$(state)"
  check "$way: the ClickHouse hook makes a backup" ch backup
  check "$way: the empty table has no data file" [ ! -e "$BACKUP_DIR/clickhouse/sessions_v2.native" ]
  events "ALTER TABLE events_v2 DROP PARTITION 202601"
  events "INSERT INTO events_v2 VALUES ('2030-01-01 00:00:00', 'late', [])"
  events "INSERT INTO sessions_v2 VALUES ('2030-01-01 00:00:00')"
  check "$way: changed rows are seen as changed" fails is "$(state)" "$before"
  check "$way: the ClickHouse hook restores" ch restore
  check "$way: every event is what it was" is "$(state)" "$before"
  check "$way: the empty table is empty again" is "$(events 'SELECT count() FROM sessions_v2')" 0
  check "$way: rows that collapse come to as many" is "$(events 'SELECT sum(sign) FROM visits')" 1
  events "OPTIMIZE TABLE visits FINAL"
  check "$way: a second restore does not double rows" ch restore
  check "$way: there are still as many events" is "$(state)" "$before"
  check "$way: and as many that collapse" is "$(events 'SELECT sum(sign) FROM visits')" 1
  data="$BACKUP_DIR/clickhouse/events_v2.native"
  cp "$data" "$root/whole.native"
  size="$(wc -c <"$data")"
  for part in 0 1 2 3; do
    head -c "$((size * part / 4))" "$root/whole.native" >"$data"
    check "$way: a dump cut to $part quarters is refused" fails ch restore
  done
  cat "$root/whole.native" "$root/whole.native" >"$data"
  check "$way: a dump with rows twice is refused" fails ch restore
  rm "$data"
  check "$way: a missing dump is refused" fails ch restore
  check "$way: a refused restore leaves the events alone" is "$(state)" "$before"
  check "$way: a refused restore leaves no table behind" is \
    "$(events "SELECT count() FROM system.tables WHERE database = '$CLICKHOUSE_DATABASE'")" 3
  cp "$root/whole.native" "$data"
  events "DROP TABLE events_v2"
  check "$way: a table that is gone is made again" ch restore
  check "$way: and has every event" is "$(state)" "$before"
  check "$way: a backup of nothing fails" fails elsewhere backup
  check "$way: a backup that failed leaves the older dump" [ -s "$data" ]
}
if command -v clickhouse-client >/dev/null; then
  ch() { "$hooks/clickhouse_backup.sh" "$1"; }
  try_clickhouse "clickhouse-client"
fi
ch() { PATH="$root/bin" sh "$hooks/clickhouse_backup.sh" "$1"; }
try_clickhouse "HTTP"

[ "$failures" = 0 ] || { echo "$failures sentences are false" && exit 1; }
