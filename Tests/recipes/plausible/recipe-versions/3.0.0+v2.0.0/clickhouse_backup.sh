#!/bin/sh
# Dumps every table of the events database, and loads them back.
#
#   clickhouse_backup.sh backup    writes $BACKUP_DIR/clickhouse/
#   clickhouse_backup.sh restore   puts the tables back to what that folder holds
#
# The folder holds tables.tsv (name and number of rows), and for each table <name>.sql and, unless it
# is empty, <name>.native. Written for ClickHouse 18.16, which has no BACKUP statement.
#
# Environment: BACKUP_DIR, CLICKHOUSE_HOST, CLICKHOUSE_DATABASE; CLICKHOUSE_PORT (native protocol)
# where clickhouse-client is installed, else CLICKHOUSE_HTTP_PORT and curl. The server is on the
# recipe's internal network and has no password.
set -eu

host="${CLICKHOUSE_HOST:-127.0.0.1}"
port="${CLICKHOUSE_PORT:-9000}"
http_port="${CLICKHOUSE_HTTP_PORT:-8123}"
database="${CLICKHOUSE_DATABASE:-plausible_events_db}"
backup_dir="${BACKUP_DIR:-/var/lib/clickhouse}"
folder="$backup_dir/clickhouse"

fail() {
  echo "clickhouse_backup: $*" >&2
  exit 1
}

# query SQL: runs one statement, its answer on stdout.
# insert SQL FILE: runs one INSERT with the file as its data.
if command -v clickhouse-client >/dev/null 2>&1; then
  query() {
    clickhouse-client --host "$host" --port "$port" --database "$database" --query "$1" </dev/null
  }
  insert() {
    clickhouse-client --host "$host" --port "$port" --database "$database" --query "$1" <"$2"
  }
else
  # Without wait_end_of_query a statement that fails half way is still answered with 200.
  post() {
    curl -sS --fail --noproxy '*' -X POST -H 'Expect:' --data-binary @- \
      "http://$host:$http_port/?database=$database&wait_end_of_query=1"
  }
  query() {
    printf '%s\n' "$1" | post
  }
  insert() {
    { printf '%s\n' "$1"; cat "$2"; } | post
  }
fi

# Of a table that ClickHouse collapses in the background, what its rows come to and not how many they are.
rows() {
  signs="$(query "SELECT count() FROM system.columns WHERE database = '$database'
    AND table = '$1' AND name = 'sign' FORMAT TabSeparatedRaw")"
  if [ "$signs" = 1 ]; then number="sum(sign)"; else number="count()"; fi
  query "SELECT $number FROM \`$1\` FORMAT TabSeparatedRaw"
}

# The app goes on writing while we read: a dump counts only when the table had as many rows after
# it as before.
dump_table() {
  table="$1"
  query "SHOW CREATE TABLE \`$table\` FORMAT TabSeparatedRaw" >"$part/$table.sql"
  for _ in 1 2 3 4 5; do
    before="$(rows "$table")"
    rm -f "$part/$table.native"
    # A Native dump of an empty table has 0 bytes, and inserting it fails.
    if [ "$before" != 0 ]; then
      query "SELECT * FROM \`$table\` FORMAT Native" >"$part/$table.native"
    fi
    if [ "$(rows "$table")" = "$before" ]; then
      printf '%s\t%s\n' "$table" "$before" >>"$part/tables.tsv"
      return
    fi
  done
  fail "$table kept changing while it was read"
}

backup() {
  part="$folder.part"
  trap 'rm -rf "$folder.part"' EXIT
  rm -rf "$part"
  mkdir -p "$part"
  query "SELECT name FROM system.tables WHERE database = '$database' AND engine NOT LIKE '%View'
    AND name NOT LIKE '%\\_restoring' AND name NOT LIKE '%\\_replaced' AND name NOT LIKE '.%'
    ORDER BY name FORMAT TabSeparatedRaw" >"$part/names"
  [ -s "$part/names" ] || fail "database $database has no tables"
  while read -r name; do
    dump_table "$name"
  done <"$part/names"
  rm -f "$part/names"
  rm -rf "$folder"
  mv "$part" "$folder"
}

drop_incoming() {
  while read -r table _; do
    query "DROP TABLE IF EXISTS \`${table}_restoring\`" || true
  done <"$folder/tables.tsv"
}

# Inserting into the old tables would double what is still there: load into new ones, count them,
# and change the names last, all at once. A load that fails changes nothing.
restore() {
  [ -s "$folder/tables.tsv" ] || fail "$folder/tables.tsv is missing or empty"
  trap drop_incoming EXIT
  swap=""
  old=""
  while read -r table count; do
    new="${table}_restoring"
    query "DROP TABLE IF EXISTS \`$new\`"
    query "DROP TABLE IF EXISTS \`${table}_replaced\`"
    [ -s "$folder/$table.sql" ] || fail "$folder/$table.sql is missing or empty"
    query "$(sed "1s/^CREATE TABLE [^ (]*/CREATE TABLE $database.\`$new\`/" "$folder/$table.sql")"
    if [ "$count" != 0 ]; then
      [ -s "$folder/$table.native" ] || fail "$folder/$table.native is missing or empty"
      insert "INSERT INTO \`$new\` FORMAT Native" "$folder/$table.native"
    fi
    loaded="$(rows "$new")"
    [ "$loaded" = "$count" ] || fail "$table has $loaded rows, $count were backed up"
    if [ "$(query "EXISTS TABLE \`$table\` FORMAT TabSeparatedRaw")" = 1 ]; then
      swap="$swap\`$table\` TO \`${table}_replaced\`, "
      old="$old $table"
    fi
    swap="$swap\`$new\` TO \`$table\`, "
  done <"$folder/tables.tsv"
  query "RENAME TABLE ${swap%, }"
  trap - EXIT
  for table in $old; do
    query "DROP TABLE \`${table}_replaced\`"
  done
}

case "${1:-}" in
  backup | restore) "$1" ;;
  *)
    echo "usage: clickhouse_backup.sh backup|restore" >&2
    exit 64
    ;;
esac
