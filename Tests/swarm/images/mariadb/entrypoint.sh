#!/bin/sh
# A new volume becomes a server's with one database and one user; then mariadbd runs in the foreground.
#
# As in the image that this one is in the place of: MARIADB_DATABASE, MARIADB_USER, MARIADB_PASSWORD_FILE.
set -eu
data=/var/lib/mysql
mkdir -p /run/mysqld
if [ ! -d "$data/mysql" ]; then
  mariadb-install-db --no-defaults --user=root --datadir="$data" --skip-test-db >/dev/null
  password=$(cat "$MARIADB_PASSWORD_FILE")
  cat >/run/first.sql <<SQL
CREATE DATABASE $MARIADB_DATABASE CHARACTER SET utf8mb4;
CREATE USER '$MARIADB_USER'@'%' IDENTIFIED BY '$password';
GRANT ALL ON $MARIADB_DATABASE.* TO '$MARIADB_USER'@'%';
SQL
  set -- --init-file=/run/first.sql
fi
exec mariadbd --no-defaults --user=root --datadir="$data" --bind-address=0.0.0.0 --skip-name-resolve \
  --innodb-buffer-pool-size=16M --innodb-flush-log-at-trx-commit=0 "$@"
