#!/bin/sh
# Starts a PostgreSQL and a ClickHouse of one's own: private-databases.sh FOLDER
#
# Unprivileged, on free loopback ports, with all their files in FOLDER, which must not exist and is
# removed at the end. Once both answer, a line of settings for the shell is printed; they run until
# standard input ends, so that they cannot outlive whoever started them.
set -eu

folder="$1"
mkdir -p "$folder/pg" "$folder/ch"
chmod 755 "$folder"
run=""
if [ "$(id -u)" = 0 ]; then
  chown -R nobody:nogroup "$folder"
  run="setpriv --reuid=nobody --regid=nogroup --clear-groups --"
fi
programs="$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)"

pg_pid="" ch_pid=""
stop() {
  trap - EXIT
  [ -z "$pg_pid" ] || kill -INT "$pg_pid" 2>/dev/null || true
  [ -z "$ch_pid" ] || kill -TERM "$ch_pid" 2>/dev/null || true
  for pid in $pg_pid $ch_pid; do
    tries=0
    while kill -0 "$pid" 2>/dev/null && [ "$tries" -lt 100 ]; do
      tries=$((tries + 1))
      sleep 0.1
    done
    kill -KILL "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  rm -rf "$folder"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# Three ports that nobody listens on, from below the range that the kernel gives out itself.
ports=""
candidate=$((20000 + $$ % 10000))
while [ "$(echo $ports | wc -w)" -lt 3 ]; do
  candidate=$((candidate + 1))
  if ! grep -q ":$(printf %04X "$candidate") " /proc/net/tcp; then ports="$ports $candidate"; fi
done
set -- $ports

cat >"$folder/ch/config.xml" <<XML
<?xml version="1.0"?>
<yandex>
  <logger><level>warning</level><console>1</console></logger>
  <listen_host>127.0.0.1</listen_host>
  <http_port>$2</http_port>
  <tcp_port>$3</tcp_port>
  <path>$folder/ch/data/</path>
  <tmp_path>$folder/ch/tmp/</tmp_path>
  <users_config>users.xml</users_config>
  <default_profile>default</default_profile>
  <default_database>default</default_database>
  <mark_cache_size>16777216</mark_cache_size>
  <timezone>UTC</timezone>
</yandex>
XML
cat >"$folder/ch/users.xml" <<'XML'
<?xml version="1.0"?>
<yandex>
  <profiles><default/></profiles>
  <users>
    <default>
      <password></password>
      <networks><ip>127.0.0.1</ip></networks>
      <profile>default</profile>
      <quota>default</quota>
    </default>
  </users>
  <quotas><default/></quotas>
</yandex>
XML
cd "$folder/ch"
$run clickhouse-server --config-file="$folder/ch/config.xml" >"$folder/ch/log" 2>&1 </dev/null &
ch_pid=$!
cd "$folder/pg"
$run "$programs/initdb" -D "$folder/pg/data" -U postgres --auth=trust --encoding=UTF8 --no-locale \
  --no-sync >"$folder/pg/log" 2>&1
$run "$programs/postgres" -D "$folder/pg/data" -p "$1" -k "$folder/pg" \
  -c listen_addresses=127.0.0.1 -c fsync=off -c shared_buffers=8MB \
  >>"$folder/pg/log" 2>&1 </dev/null &
pg_pid=$!

tries=0
until curl -s --noproxy '*' "http://127.0.0.1:$2/ping" >/dev/null &&
  "$programs/pg_isready" -q -h 127.0.0.1 -p "$1"; do
  tries=$((tries + 1))
  if [ "$tries" -gt 300 ]; then
    tail -n 5 "$folder/ch/log" "$folder/pg/log" >&2
    exit 1
  fi
  sleep 0.1
done
echo "export PGHOST=127.0.0.1 PGPORT=$1 PGUSER=postgres CLICKHOUSE_HOST=127.0.0.1" \
  "CLICKHOUSE_HTTP_PORT=$2 CLICKHOUSE_PORT=$3"
cat >/dev/null
