#!/bin/sh
# A new volume becomes a cluster with one database; then postgres runs in the foreground.
#
# As in the image that this one is in the place of: POSTGRES_DB, POSTGRES_USER, POSTGRES_PASSWORD_FILE;
# inside the container nobody is asked for a password, from outside everybody is.
set -eu
as_postgres() { setpriv --reuid=postgres --regid=postgres --init-groups -- "$@"; }
user="${POSTGRES_USER:-postgres}"
database="${POSTGRES_DB:-$user}"
mkdir -p "$PGDATA" /run/postgresql
chown -R postgres:postgres "$PGDATA" /run/postgresql
chmod 700 "$PGDATA"
# Made beside and moved in at the end, `PG_VERSION` last: an engine that kills a container before it is healthy
# leaves nothing that the next one takes for a whole cluster.
new=$PGDATA/unfinished
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  if [ -e "$new" ]; then find "$PGDATA" -mindepth 1 -delete; fi
  password=$(mktemp)
  cat "${POSTGRES_PASSWORD_FILE:?}" >"$password"
  chown postgres "$password"
  as_postgres initdb --pgdata="$new" --username="$user" --pwfile="$password" --auth-local=trust --auth-host=trust \
    --encoding=UTF8 --locale=C --no-sync >/dev/null
  rm -f "$password"
  echo "host all all all scram-sha-256" >>"$new/pg_hba.conf"
  as_postgres pg_ctl --silent -w --pgdata="$new" start -o "-c listen_addresses='' -c fsync=off" >/dev/null
  if [ "$database" != postgres ]; then
    as_postgres createdb --username="$user" --no-password --maintenance-db=postgres "$database"
  fi
  as_postgres pg_ctl --silent -w --pgdata="$new" stop -m fast >/dev/null
  find "$new" -mindepth 1 -maxdepth 1 ! -name PG_VERSION -exec mv -t "$PGDATA" {} +
  mv "$new/PG_VERSION" "$PGDATA"
fi
rm -rf "$new"
exec setpriv --reuid=postgres --regid=postgres --init-groups -- postgres \
  -c listen_addresses='*' -c shared_buffers=16MB -c fsync=off
