#!/bin/sh
# Fills in the templates' variables whose names begin with NGINX_, then runs nginx in the foreground.
set -eu
mkdir -p /etc/nginx/conf.d
for template in /etc/nginx/templates/*.template; do
  [ -e "$template" ] || continue
  set --
  for name in $(env | sed -n 's/^\(NGINX_[A-Z_]*\)=.*/\1/p'); do
    value=$(printenv "$name" | sed 's/[&|\\]/\\&/g')
    set -- "$@" -e "s|\${$name}|$value|g"
  done
  sed "$@" -e '' "$template" >"/etc/nginx/conf.d/$(basename "$template" .template)"
done
exec nginx -e stderr -g 'daemon off;'
