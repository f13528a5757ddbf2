#!/bin/bash
# The images of the sample recipes, from Debian's packages: images.sh WORK-FOLDER STANDIN-BINARY
#
# There is no registry, and nothing is downloaded: a root file system is put together from the files of packages
# that this machine has (`.ci/packages swarm`), with the libraries that they need, and each image is that with a
# configuration of its own. The names are those that the recipes ask for; labels of each say what it is.
# The root file systems are kept in the engine as localhost/parity-debian and, with neither bash nor netcat in it,
# localhost/parity-stores, until one of their packages changes.
# DOCKER_HOST says which engine.
set -euo pipefail
export LC_ALL=C
if [[ $# -ne 2 ]]; then
  echo "usage: images.sh WORK-FOLDER STANDIN-BINARY" >&2
  exit 64
fi
mkdir -p "$1"
work=$(cd "$1" && pwd)
standin=$(realpath "$2")
cd "$(dirname "$0")/images"

packages=(
  # What hooks, health checks and entrypoints are written in.
  bash coreutils dash debianutils findutils grep gzip hostname mawk procps sed tar util-linux
  curl netcat-openbsd wget
  nginx postgresql-15 postgresql-client-15 clickhouse-server clickhouse-client clickhouse-common
  libc-bin tzdata
)
# Nothing in it carries bytes to a port: databases are asked by their own clients.
stores=(
  coreutils dash grep hostname sed
  mariadb-client mariadb-client-core mariadb-server-core redis-server redis-tools
  libc-bin tzdata
)

# Paths below / of everything in the image, one a line.
contents() { # contents PACKAGE…
  # Where everything lies below /usr, dpkg knows some of it by its old place.
  dpkg --listfiles "$@" | sed -E -e '/^package diverts|^diverted by/d' \
    -e 's#^/((s?bin|lib|lib64)/)#/usr/\1#' \
    -e '\#^/usr/share/(doc|man|locale|info|lintian|bash-completion|bug|perl5|postgresql-common)(/|$)#d' \
    -e '\#/(bitcode|llvmjit[^/]*|pgxs)(/|$)#d' \
    -e '\#^/usr/#!d' | sort -u >"$work/files"
  while read -r file; do
    if [[ -f $file && ! -h $file ]]; then echo "$file"; fi
  done <"$work/files" | grep -E '^/usr/s?bin/|/bin/|\.so' >"$work/programs"
  # Of each library the name that is asked for; the files behind the names below.
  # Scripts have none, and ldd fails for them.
  { cat "$work/programs" && echo "$standin"; } | { xargs ldd 2>/dev/null || true; } |
    sed -nE 's#^[[:space:]]+([^ ]+ => )?(/[^ ]+) \(0x.*#\2#p' | grep -v /swift/ | sort -u |
    sed -E 's#^/((s?bin|lib|lib64)/)#/usr/\1#' >"$work/libraries"
  { cat "$work/libraries" && xargs readlink -f <"$work/libraries"; } >>"$work/files"
  while read -r file; do
    if [[ (-f $file || -h $file) && ! -h $root$file ]]; then echo "${file#/}"; fi
  done <"$work/files" | sort -u
  if [[ -e $root/etc/nginx ]]; then echo etc/nginx/mime.types; fi
}

# Of the machine's own settings nothing is taken.
settings() { # settings ROOT
  mkdir -p "$1"/{etc,root,run,usr/bin,usr/sbin,var/lib,var/log,proc,sys,dev}
  mkdir -m 1777 "$1/tmp" "$1/var/tmp"
  ln -s /run "$1/var/run"
  for name in bin sbin lib lib64; do ln -s "usr/$name" "$1/$name"; done
  ln -s dash "$1/usr/bin/sh"
  ln -s /usr/share/zoneinfo/Etc/UTC "$1/etc/localtime"
  echo "hosts: files dns" >"$1/etc/nsswitch.conf"
  cat >"$1/etc/passwd" <<'PASSWD'
root:x:0:0:root:/root:/bin/bash
www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin
postgres:x:70:70:PostgreSQL:/var/lib/postgresql:/bin/bash
clickhouse:x:101:101:ClickHouse:/var/lib/clickhouse:/usr/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
PASSWD
  cut -d: -f1-2,4 "$1/etc/passwd" | sed -e 's/$/:/' -e 's/^nobody/nogroup/' >"$1/etc/group"
}

# What the first of the two has beside its packages.
tools() { # tools ROOT
  mkdir -p "$1"/{etc/nginx,var/lib/nginx,var/log/nginx}
  ln -s mawk "$1/usr/bin/awk"
  ln -s nc.openbsd "$1/usr/bin/nc"
  ln -s which.debianutils "$1/usr/bin/which"
}

base() { # base NAME PACKAGE…
  local image=localhost/parity-$1 versions wanted
  shift
  versions=$(dpkg-query --show --showformat='${db:Status-Abbrev} ${Package} ${Version}\n' "$@" libc6)
  if grep -v '^ii ' <<<"$versions" >&2; then
    echo "is not installed: .ci/packages swarm installs it" >&2
    exit 1
  fi
  wanted=$({ echo "$versions" && cat ../images.sh; } | cksum | cut -d' ' -f1)
  if [[ $(docker image inspect --format '{{.Config.Labels.made}}' "$image" 2>/dev/null) == "$wanted" ]]; then
    return
  fi
  rm -rf "$root"
  settings "$root"
  if [[ $image == */parity-debian ]]; then tools "$root"; fi
  contents "$@" >"$work/contents"
  tar -c --owner=0 --group=0 -C "$root" . --no-recursion -C / --files-from="$work/contents" |
    docker import --change "LABEL made=$wanted" - "$image" >/dev/null
}
root=$work/rootfs
trap 'rm -rf "$root"' EXIT
base debian "${packages[@]}"
base stores "${stores[@]}"

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
for name in nginx postgres clickhouse mariadb redis plausible-standin; do
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
build "$context/mariadb" mariadb:10.11
build "$context/redis" redis:7.0
build "$context/clickhouse" yandex/clickhouse-server:18.16.1
for version in 1.0.0 2.0.0; do build "$context/plausible-standin" "localhost/plausible-standin:$version"; done
