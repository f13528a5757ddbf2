#!/bin/sh
# Makes the wiki's tables where there are none, brings them to this version, then starts what it is given.
set -eu
root=${WIKI_ROOT:-/var/www/html}
secrets=${SECRETS_DIR:-/run/secrets}
mkdir -p "${CACHE_DIR:-/tmp}"

has_tables() {
  # shellcheck disable=SC2016
  php -r '
    [$host, $port] = explode(":", getenv("DB_HOST") . ":3306");
    $password = trim(file_get_contents($argv[1]));
    for ($i = 0; ; $i++) {
      try {
        $db = new mysqli($host, "mediawiki", $password, "mediawiki", (int) $port);
        break;
      } catch (mysqli_sql_exception $error) {
        if ($i == 30) throw $error;
        sleep(1);
      }
    }
    exit($db->query("SHOW TABLES LIKE \"page\"")->num_rows > 0 ? 0 : 1);
  ' "$secrets/db_password"
}

if ! has_tables; then
  # The installer refuses to run beside settings, and writes some of its own, which nothing needs.
  made=$(mktemp -d)
  MW_CONFIG_FILE=$made/none.php php "$root/maintenance/install.php" --confpath "$made" \
    --dbtype mysql --dbserver "$DB_HOST" --dbname mediawiki --dbuser mediawiki --dbpassfile "$secrets/db_password" \
    --passfile "$secrets/admin_password" --server "$WIKI_SERVER" --scriptpath "" "$WIKI_NAME" "$ADMIN_USER"
  rm -r "$made"
fi
php "$root/maintenance/update.php" --quick
exec "$@"
