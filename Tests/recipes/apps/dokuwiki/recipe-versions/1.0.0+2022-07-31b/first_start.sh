#!/bin/sh
# Sets up an empty volume, then starts what it is given: the administrator's account, and who may do what.
set -eu
umask 077
conf=${STORAGE:-/storage}/conf
mkdir -p "$conf"

if [ ! -e "$conf/users.auth.php" ]; then
  # shellcheck disable=SC2016
  php -r '
    $password = trim(file_get_contents(getenv("ADMIN_PASSWORD_FILE")));
    echo getenv("ADMIN_USER"), ":", password_hash($password, PASSWORD_BCRYPT), ":Administrator::admin,user\n";
  ' >"$conf/users.auth.php.part"
  printf '* @ALL 1\n* @user 8\n' >"$conf/acl.auth.php"
  # A title is text of the wiki, and nothing that PHP should read.
  # shellcheck disable=SC2016
  php -r '
    $conf = ["title" => getenv("WIKI_TITLE"), "useacl" => 1, "superuser" => "@admin",
      "disableactions" => "register", "send404" => 1];
    echo "<?php\n";
    foreach ($conf as $name => $value) echo "\$conf[\"$name\"] = ", var_export($value, true), ";\n";
  ' >"$conf/local.php"
  mv "$conf/users.auth.php.part" "$conf/users.auth.php"
fi
exec "$@"
