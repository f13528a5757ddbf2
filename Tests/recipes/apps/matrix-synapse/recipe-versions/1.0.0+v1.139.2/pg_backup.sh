#!/bin/sh
# Dumps the database into its volume, and loads it back: pg_backup.sh backup | restore
set -eu

export PGUSER="${PGUSER:-$POSTGRES_USER}" PGDATABASE="${PGDATABASE:-$POSTGRES_DB}"
if [ -z "${PGPASSWORD:-}" ]; then
  PGPASSWORD="$(cat "$POSTGRES_PASSWORD_FILE")"
  export PGPASSWORD
fi
dump="${BACKUP_DIR:-/var/lib/postgresql/data}/backup.sql"

# A dump that was cut loads cleanly up to the cut; only its closing comment tells.
is_complete() {
  tail -c 4096 "$1" | grep -q '^-- PostgreSQL database dump complete'
}

case "${1:-}" in
  backup)
    pg_dump --no-password --file "$dump.part" "$PGDATABASE"
    is_complete "$dump.part"
    mv "$dump.part" "$dump"
    ;;
  restore)
    is_complete "$dump"
    psql -X -q -v ON_ERROR_STOP=1 -v name="$PGDATABASE" -d postgres <<'SQL'
SET client_min_messages = warning;
DROP DATABASE IF EXISTS :"name" WITH (FORCE);
CREATE DATABASE :"name" TEMPLATE template0;
SQL
    psql -X -q -1 -v ON_ERROR_STOP=1 -f "$dump" >/dev/null
    ;;
  *)
    echo "usage: pg_backup.sh backup|restore" >&2
    exit 64
    ;;
esac
