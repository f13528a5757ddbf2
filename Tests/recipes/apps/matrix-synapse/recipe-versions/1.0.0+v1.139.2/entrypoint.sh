#!/bin/sh
# Writes Synapse's configuration from the environment and the secrets, then starts what it is given.
set -eu
umask 077
data=${DATA_DIR:-/data}
secrets=${SECRETS_DIR:-/run/secrets}

secret() { cat "$secrets/$1"; }

# The server's identity: made once, kept in the volume.
if [ ! -e "$data/signing.key" ]; then
  "$1" -m synapse._scripts.generate_signing_key -o "$data/signing.key.part"
  mv "$data/signing.key.part" "$data/signing.key"
fi

cat >"$CONFIG_FILE" <<YAML
server_name: "$DOMAIN"
public_baseurl: "https://$DOMAIN/"
serve_server_wellknown: true
pid_file: "$CONFIG_FILE.pid"
listeners:
  - port: ${PORT:-8008}
    bind_addresses: ["${BIND_ADDRESS:-0.0.0.0}"]
    type: http
    tls: false
    x_forwarded: true
    resources: [{names: [client, federation], compress: false}]
database:
  name: psycopg2
  args:
    host: "$DB_HOST"
    port: ${DB_PORT:-5432}
    dbname: synapse
    user: synapse
    password: "$(secret db_password)"
    cp_min: 2
    cp_max: 10
media_store_path: "$data/media_store"
max_upload_size: "${MAX_UPLOAD_SIZE:-50M}"
signing_key_path: "$data/signing.key"
form_secret: "$(secret form_secret)"
macaroon_secret_key: "$(secret macaroon_secret_key)"
registration_shared_secret: "$(secret registration_shared_secret)"
enable_registration: ${ENABLE_REGISTRATION:-false}
report_stats: false
trusted_key_servers: []
suppress_key_server_warning: true
YAML
exec "$@"
