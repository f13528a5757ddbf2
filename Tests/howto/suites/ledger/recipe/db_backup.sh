#!/bin/sh
# Dumps the database into its volume, and loads it: db_backup.sh backup | restore
set -eu
dump=${BACKUP_DIR:-/var/lib/mysql}/backup.sql
export MYSQL_PWD="$MARIADB_PASSWORD"

case $1 in
  backup)
    mariadb-dump --no-defaults --user="$MARIADB_USER" --default-character-set=utf8mb4 \
      --single-transaction --routines --events --triggers --no-tablespaces \
      "$MARIADB_DATABASE" >"$dump.part"
    tail -n 1 "$dump.part" | grep -q '^-- Dump completed'
    mv "$dump.part" "$dump"
    ;;
  restore)
    mariadb --no-defaults --user="$MARIADB_USER" --default-character-set=utf8mb4 \
      "$MARIADB_DATABASE" <"$dump"
    ;;
esac
