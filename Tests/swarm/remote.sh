#!/bin/bash
# An engine that is not reached by its socket, for tests alone: remote.sh start|stop|tls|ssh|contexts FOLDER
#
# `start` starts the engine of engine.sh in FOLDER, which then also listens on a port of the loopback and speaks
# TLS with certificates of its own, and an SSH server on another, with keys and settings of its own, where there is
# one: SSHD=its path, or PATH's. (Debian's openssh-server is not in .ci/packages: once installed, it also serves the
# machine's own port 22 from the next boot on.) It prints the three ways to the engine, each a line for `eval`, as
# `tls`, `ssh` and `contexts` print them alone; the contexts are parity-socket, parity-tls and parity-ssh. `stop`
# ends both. Nothing of the user's own settings for docker and ssh is read or changed.
set -euo pipefail

if [[ $# -ne 2 || ! $1 =~ ^(start|stop|tls|ssh|contexts)$ ]]; then
  echo "usage: remote.sh start|stop|tls|ssh|contexts FOLDER" >&2
  exit 64
fi
action=$1
mkdir -p "$2"
folder=$(cd "$2" && pwd)
engine=$(dirname "$(realpath "$0")")/engine.sh
socket=$("$engine" host "$folder")
tls=$folder/tls
ssh=$folder/ssh
unset DOCKER_HOST DOCKER_CONTEXT DOCKER_TLS_VERIFY DOCKER_CERT_PATH

PATH=$PATH:/usr/sbin:/sbin
sshd=${SSHD:-$(type -P sshd || true)}

# A port of the loopback that nobody listens on; the same one every time, if that can be.
port() { # port NAME
  local port
  port=$(($(printf %s "$folder $1" | cksum | cut -d' ' -f1) % 10000 + 22000))
  while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((port + 1)); done
  echo "$port" >"$folder/$1/port"
}

certificates() {
  [[ -e $tls/key.pem ]] && return
  mkdir -p "$tls"
  local name
  openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=parity-test-ca \
    -keyout "$tls/ca-key.pem" -out "$tls/ca.pem" 2>/dev/null
  for name in server client; do
    openssl req -newkey rsa:2048 -nodes -subj "/CN=$name" -keyout "$tls/$name-key.pem" \
      -out "$tls/$name.csr" 2>/dev/null
    openssl x509 -req -in "$tls/$name.csr" -CA "$tls/ca.pem" -CAkey "$tls/ca-key.pem" -CAcreateserial \
      -days 3650 -out "$tls/$name-cert.pem" 2>/dev/null \
      -extfile <(printf 'subjectAltName=IP:127.0.0.1,DNS:localhost\nextendedKeyUsage=%sAuth\n' "$name")
  done
  # The names that DOCKER_CERT_PATH is read by.
  mv "$tls/client-cert.pem" "$tls/cert.pem"
  mv "$tls/client-key.pem" "$tls/key.pem"
}

ssh_server() {
  mkdir -p "$ssh/bin"
  chmod 700 "$ssh"
  if [[ ! -e $ssh/key ]]; then
    ssh-keygen -q -t ed25519 -N '' -C parity-test -f "$ssh/host"
    ssh-keygen -q -t ed25519 -N '' -C parity-test -f "$ssh/key"
    cp "$ssh/key.pub" "$ssh/authorized"
  fi
  if kill -0 "$(cat "$ssh/pid" 2>/dev/null)" 2>/dev/null; then return; fi
  port ssh
  cat >"$ssh/sshd_config" <<CONFIG
ListenAddress 127.0.0.1:$(cat "$ssh/port")
HostKey $ssh/host
AuthorizedKeysFile $ssh/authorized
PidFile $ssh/pid
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
# Where the engine of this machine is, for \`docker system dial-stdio\` on this side.
SetEnv DOCKER_HOST=$socket
CONFIG
  echo "[127.0.0.1]:$(cat "$ssh/port") $(cat "$ssh/host.pub")" >"$ssh/known"
  cat >"$ssh/config" <<CONFIG
Host 127.0.0.1
  IdentityFile $ssh/key
  IdentitiesOnly yes
  UserKnownHostsFile $ssh/known
  StrictHostKeyChecking yes
  BatchMode yes
CONFIG
  # docker runs the first ssh of PATH and cannot be given a file of settings.
  printf '#!/bin/sh\nexec %s -F %q "$@"\n' "$(PATH=${PATH//$ssh\/bin:/} type -P ssh)" "$ssh/config" >"$ssh/bin/ssh"
  chmod 755 "$ssh/bin/ssh"
  # Where root's sshd leaves its child; the package makes it when its service starts.
  mkdir -p /run/sshd
  "$sshd" -f "$ssh/sshd_config" -E "$ssh/log"
}

way_tls() { echo "export DOCKER_HOST=tcp://127.0.0.1:$(cat "$tls/port") DOCKER_TLS_VERIFY=1 DOCKER_CERT_PATH=$tls"; }
way_ssh() { echo "export DOCKER_HOST=ssh://$(id -un)@127.0.0.1:$(cat "$ssh/port") PATH=$ssh/bin:\$PATH"; }
way_contexts() {
  local path=
  if [[ -n $sshd ]]; then path=" PATH=$ssh/bin:\$PATH"; fi
  echo "export DOCKER_CONFIG=$folder/contexts$path; unset DOCKER_HOST DOCKER_TLS_VERIFY DOCKER_CERT_PATH"
}

make_contexts() {
  rm -rf "$folder/contexts"
  local create=(docker --config "$folder/contexts" context create)
  "${create[@]}" parity-socket --docker "host=$socket" >/dev/null 2>&1
  "${create[@]}" parity-tls --docker \
    "host=tcp://127.0.0.1:$(cat "$tls/port"),ca=$tls/ca.pem,cert=$tls/cert.pem,key=$tls/key.pem" >/dev/null 2>&1
  if [[ -n $sshd ]]; then
    "${create[@]}" parity-ssh --docker "host=ssh://$(id -un)@127.0.0.1:$(cat "$ssh/port")" >/dev/null 2>&1
  fi
}

start() {
  certificates
  if ! docker --host "$socket" version >/dev/null 2>&1; then
    port tls
    ENGINE_OPTIONS="--host tcp://127.0.0.1:$(cat "$tls/port") --tlsverify --tlscacert $tls/ca.pem \
      --tlscert $tls/server-cert.pem --tlskey $tls/server-key.pem" "$engine" start "$folder" >/dev/null
  elif [[ ! -e $tls/port ]]; then
    echo "the engine of $folder runs already, without TLS" >&2
    exit 1
  fi
  if [[ -n $sshd ]]; then
    ssh_server
  else
    echo "no way by ssh: there is no sshd (apt-get install openssh-server)" >&2
  fi
  make_contexts
  way_tls
  if [[ -n $sshd ]]; then way_ssh; fi
  way_contexts
}

stop() {
  local pid
  pid=$(cat "$ssh/pid" 2>/dev/null || true)
  if [[ -n $pid ]]; then kill "$pid" 2>/dev/null || true; fi
  "$engine" stop "$folder"
  rm -rf "$folder/contexts" "$ssh/pid" "$ssh/port" "$tls/port"
}

case $action in
  start | stop) $action ;;
  *) "way_$action" ;;
esac
