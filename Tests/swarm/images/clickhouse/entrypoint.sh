#!/bin/sh
# Runs the server in the foreground, and makes CLICKHOUSE_DATABASE once it answers.
set -eu
chown -R clickhouse:clickhouse /var/lib/clickhouse
if [ -n "${CLICKHOUSE_DATABASE:-}" ]; then
  (
    until clickhouse-client --query "CREATE DATABASE IF NOT EXISTS \`$CLICKHOUSE_DATABASE\`"; do
      sleep 0.2
    done 2>/dev/null
  ) &
fi
exec setpriv --reuid=clickhouse --regid=clickhouse --init-groups -- \
  clickhouse-server --config-file=/etc/clickhouse-server/config.xml
