#!/bin/bash
# The images of the sample recipes, from Debian's packages: images.sh WORK-FOLDER STANDIN-BINARY
#
# There is no registry: debootstrap makes one root file system with every program, and each image is that with
# a configuration of its own. The names are those that the recipes ask for; a label of each says what it is.
# Made once: the root file system is kept in the engine as localhost/parity-debian.
# DOCKER_HOST says which engine.
set -euo pipefail
if [[ $# -ne 2 ]]; then
  echo "usage: images.sh WORK-FOLDER STANDIN-BINARY" >&2
  exit 64
fi
mkdir -p "$1"
work=$(cd "$1" && pwd)
standin=$(realpath "$2")
cd "$(dirname "$0")/images"

packages=nginx-light,postgresql-15,clickhouse-server,clickhouse-client,curl,wget,netcat-openbsd
packages+=,libcurl4,libpq5
base=localhost/parity-debian
wanted=$(printf '%s' "$packages" | cksum | cut -d' ' -f1)

if [[ $(docker image inspect --format '{{.Config.Labels.packages}}' $base 2>/dev/null) != "$wanted" ]]; then
  root=$work/rootfs
  rm -rf "$root"
  trap 'rm -rf "$root"' EXIT
  mkdir -p "$root"
  if ! debootstrap --variant=minbase --include="$packages" bookworm "$root" >"$work/debootstrap.log" 2>&1
  then
    tail -n 5 "$work/debootstrap.log" >&2
    exit 1
  fi
  # What no program of the tests reads.
  rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/* "$root"/usr/share/{doc,man,locale}
  rm -rf "$root"/etc/nginx/sites-enabled "$root"/var/lib/postgresql/*/main
  tar -C "$root" -c . | docker import --change "LABEL packages=$wanted" - $base >/dev/null
fi

build() { # build CONTEXT NAME
  # BuildKit would be one more package. The label makes every name an image of its own.
  if ! DOCKER_BUILDKIT=0 docker build --quiet --network none --tag "$2" \
    --label "org.opencontainers.image.version=${2##*:}" "$1" >"$work/build.log" 2>&1
  then
    tail -n 5 "$work/build.log" >&2
    exit 1
  fi
  echo "$2"
}

context=$work/contexts
rm -rf "$context"
mkdir -p "$context"
for name in nginx postgres clickhouse plausible-standin; do
  cp -R "$name" "$context/$name"
  if [[ -e $context/$name/entrypoint.sh ]]; then chmod 755 "$context/$name/entrypoint.sh"; fi
done
files=$context/plausible-standin/files
mkdir -p "$files/lib"
cp "$standin" "$files/plausible-standin"
# Swift's own libraries, which no Debian package has.
ldd "$standin" | sed -n 's/.* => \([^ ]*\/swift\/[^ ]*\) .*/\1/p' | xargs -r cp -L -t "$files/lib"

build "$context/nginx" nginx:1.22.1
build "$context/postgres" postgres:15.10-alpine
build "$context/clickhouse" yandex/clickhouse-server:18.16.1
for version in 1.0.0 2.0.0; do build "$context/plausible-standin" "localhost/plausible-standin:$version"; done
