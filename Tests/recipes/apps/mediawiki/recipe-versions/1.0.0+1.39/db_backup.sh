#!/bin/sh
# Dumps the database into its volume, and loads it: db_backup.sh backup | restore
set -eu
dump=${BACKUP_DIR:-/var/lib/mysql}/backup.sql
MYSQL_PWD=${MARIADB_PASSWORD:-$(cat "${MARIADB_PASSWORD_FILE:-/run/secrets/db_password}")}
export MYSQL_PWD

case ${1:-} in
  backup)
    mariadb-dump --no-defaults --user="$MARIADB_USER" --default-character-set=utf8mb4 --hex-blob \
      --single-transaction --no-tablespaces "$MARIADB_DATABASE" >"$dump.part"
    tail -n 1 "$dump.part" | grep -q '^-- Dump completed'
    mv "$dump.part" "$dump"
    ;;
  restore)
    tail -n 1 "$dump" | grep -q '^-- Dump completed'
    mariadb --no-defaults --user="$MARIADB_USER" --default-character-set=utf8mb4 "$MARIADB_DATABASE" <"$dump"
    ;;
  *)
    echo "usage: db_backup.sh backup|restore" >&2
    exit 64
    ;;
esac
