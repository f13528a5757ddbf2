#!/bin/bash
# A Swarm of two nodes on one machine, for tests alone: cluster.sh start|stop|hosts FOLDER
#
# Two engines cannot share the ports of a Swarm, so each has a network of its own (`ip netns`), and the two are
# tied to each other by one pair of interfaces; nothing of the machine's own network is changed, and from it
# neither is reached except by its socket. FOLDER/1 is the manager, FOLDER/2 a worker; the worker has the label
# `parity=second`. `start` prints their sockets, the manager's first, as `hosts` does; engines that run already
# are left as they are. `stop` ends both with everything that they run and removes their networks; images stay.
# With IMAGES_FROM=unix://… `start` copies the images of that engine that a node does not have yet.
set -euo pipefail

if [[ $# -ne 2 || ! $1 =~ ^(start|stop|hosts)$ ]]; then
  echo "usage: cluster.sh start|stop|hosts FOLDER" >&2
  exit 64
fi
action=$1
mkdir -p "$2"
folder=$(cd "$2" && pwd)
engine=$(dirname "$(realpath "$0")")/engine.sh
number=$(printf %s "$folder" | cksum | cut -d' ' -f1)
# For documentation alone (RFC 5737): in no real network, and here only inside the two.
subnet=192.0.2
# Settings and contexts of whoever runs this have no say.
export DOCKER_CONFIG=$folder/config
unset DOCKER_HOST DOCKER_CONTEXT DOCKER_TLS_VERIFY DOCKER_CERT_PATH

space() { echo "parity-$number-$1"; }
host() { "$engine" host "$folder/$1"; }
node() { # node NUMBER ARGUMENT… of docker
  local host
  host=$(host "$1")
  docker --host "$host" "${@:2}"
}
state() { node "$1" info --format '{{.Swarm.LocalNodeState}}'; }

tie() {
  local node
  for node in 1 2; do
    if [[ ! -e /run/netns/$(space $node) ]]; then ip netns add "$(space $node)"; fi
    ip -n "$(space $node)" link set lo up
  done
  if ! ip -n "$(space 1)" link show tie >/dev/null 2>&1; then
    ip -n "$(space 1)" link add tie type veth peer name tie netns "$(space 2)"
  fi
  for node in 1 2; do
    ip -n "$(space $node)" addr replace "$subnet.$node/24" dev tie
    ip -n "$(space $node)" link set tie up
    # An engine that asks in vain for an image is told so at once; each task would wait 20 seconds otherwise.
    ip -n "$(space $node)" route replace unreachable default
  done
}

engine() { # engine NODE
  # Not `ip netns exec`: it mounts a /sys of its own, in which the control groups are missing. The name is what
  # tells the nodes apart; `unshare` gives one that the machine does not get.
  ENGINE_SWARM=none nsenter --net="/run/netns/$(space "$1")" unshare --uts \
    bash -c 'hostname "$0" && exec "$@"' "node-$1" "$engine" start "$folder/$1" >/dev/null
}

images() { # images NODE
  local name missing=()
  while read -r name; do
    node "$1" image inspect "$name" >/dev/null 2>&1 || missing+=("$name")
  done < <(docker --host "$IMAGES_FROM" images --format '{{.Repository}}:{{.Tag}}' | grep -v '<none>')
  if [[ ${#missing[@]} -gt 0 ]]; then
    docker --host "$IMAGES_FROM" save "${missing[@]}" | node "$1" load --quiet >/dev/null
  fi
}

start() {
  if [[ $EUID -ne 0 ]]; then
    echo "a cluster can only be started by root" >&2
    exit 1
  fi
  tie
  engine 1
  engine 2
  if [[ $(state 1) != active ]]; then
    node 1 swarm init --advertise-addr "$subnet.1" --listen-addr "$subnet.1" >/dev/null
  fi
  if [[ $(state 2) != active ]]; then
    node 2 swarm join --advertise-addr "$subnet.2" --listen-addr "$subnet.2" \
      --token "$(node 1 swarm join-token --quiet worker)" "$subnet.1:2377" >/dev/null
  fi
  node 1 node update --label-add parity=second "$(node 2 info --format '{{.Swarm.NodeID}}')" >/dev/null
  if [[ -n ${IMAGES_FROM:-} ]]; then
    images 1
    images 2
  fi
  hosts
}

stop() {
  local node
  for node in 2 1; do
    "$engine" stop "$folder/$node"
    if [[ -e /run/netns/$(space $node) ]]; then ip netns delete "$(space $node)"; fi
  done
}

hosts() {
  host 1
  host 2
}

case $action in
  start) start ;;
  stop) stop ;;
  hosts) hosts ;;
esac
