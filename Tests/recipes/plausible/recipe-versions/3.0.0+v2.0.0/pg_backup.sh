#!/bin/sh
# Dumps the metadata database into one file, and loads it back.
#
#   pg_backup.sh backup    writes $BACKUP_DIR/backup.sql
#   pg_backup.sh restore   puts the database back to what that file holds
#
# Nothing is assumed that the environment cannot say: PGHOST, PGPORT, PGUSER, PGPASSWORD and
# PGDATABASE as psql reads them, BACKUP_DIR for the folder. What is not set comes from the postgres
# image (POSTGRES_USER, POSTGRES_DB, POSTGRES_PASSWORD_FILE).
set -eu

export PGUSER="${PGUSER:-${POSTGRES_USER:-postgres}}"
export PGDATABASE="${PGDATABASE:-${POSTGRES_DB:-plausible_db}}"
if [ -z "${PGPASSWORD:-}" ] && [ -r "${POSTGRES_PASSWORD_FILE:-}" ]; then
  PGPASSWORD="$(cat "$POSTGRES_PASSWORD_FILE")"
  export PGPASSWORD
fi
backup_dir="${BACKUP_DIR:-/var/lib/postgresql/data}"
dump="$backup_dir/backup.sql"
incoming="${PGDATABASE}_restoring"

fail() {
  echo "pg_backup: $*" >&2
  exit 1
}

# A dump that was cut loads cleanly up to the cut; only its closing comment tells.
is_complete() {
  tail -c 4096 "$1" | grep -q '^-- PostgreSQL database dump complete'
}

admin() {
  psql -X -q -v ON_ERROR_STOP=1 -v name="$PGDATABASE" -v incoming="$incoming" -d postgres
}

backup() {
  trap 'rm -f "$dump.part"' EXIT
  pg_dump --no-password --file "$dump.part" "$PGDATABASE"
  is_complete "$dump.part" || fail "$dump.part has no closing comment"
  mv "$dump.part" "$dump"
}

# Loads beside the old database and swaps the names last: a load that fails changes nothing.
restore() {
  [ -s "$dump" ] || fail "$dump is missing or empty"
  is_complete "$dump" || fail "$dump has been cut"
  trap 'echo "DROP DATABASE IF EXISTS :\"incoming\" WITH (FORCE);" | admin || true' EXIT
  admin <<'SQL'
SET client_min_messages = warning;
DROP DATABASE IF EXISTS :"incoming" WITH (FORCE);
CREATE DATABASE :"incoming" TEMPLATE template0;
SQL
  psql -X -q -1 -v ON_ERROR_STOP=1 -d "$incoming" -f "$dump" >/dev/null
  admin <<'SQL'
SET client_min_messages = warning;
DROP DATABASE IF EXISTS :"name" WITH (FORCE);
ALTER DATABASE :"incoming" RENAME TO :"name";
SQL
  trap - EXIT
}

case "${1:-}" in
  backup | restore) "$1" ;;
  *)
    echo "usage: pg_backup.sh backup|restore" >&2
    exit 64
    ;;
esac
