#!/bin/bash
# A Docker engine with a Swarm of one node, for tests alone: engine.sh start|halt|stop|host FOLDER
#
# It shares nothing with an engine of the machine: data, state, socket and log lie in FOLDER, no bridge is
# made and no firewall rule set. `start` prints the value of DOCKER_HOST; an engine that runs already is left
# as it is. `halt` ends the engine and keeps its state: what ran is run again after `start`. `stop` ends the
# engine with everything that it runs, and removes its state; images stay in FOLDER/data for the next time.
# ENGINE_OPTIONS are further options of dockerd; with ENGINE_SWARM=none it becomes no Swarm. Both are for `start`.
set -euo pipefail

if [[ $# -ne 2 || ! $1 =~ ^(start|halt|stop|host)$ ]]; then
  echo "usage: engine.sh start|halt|stop|host FOLDER" >&2
  exit 64
fi
action=$1
mkdir -p "$2"
folder=$(cd "$2" && pwd)
# The name of a socket has at most 107 bytes. Not by the path: in another mount namespace the same path may be
# another folder, and its engine somebody else's.
number=$(stat -c '%d %i' "$folder" | cksum | cut -d' ' -f1)
socket=/run/parity-engine-$number.sock
# Its own, so that several engines get on with one another.
address=127.$((number % 200 + 20)).$((number / 200 % 250)).1
data_port=$((number % 20000 + 20000))
export DOCKER_HOST=unix://$socket
read -r -a options <<<"${ENGINE_OPTIONS:-}"
# Settings and contexts of whoever runs this have no say.
export DOCKER_CONFIG=$folder/config
unset DOCKER_CONTEXT DOCKER_TLS_VERIFY DOCKER_CERT_PATH

answers() { docker version >/dev/null 2>&1; }

start() {
  if ! answers; then
    if [[ $EUID -ne 0 ]]; then
      echo "an engine can only be started by root" >&2
      exit 1
    fi
    mkdir -p "$folder/data" "$folder/exec"
    local driver=overlay2
    # Overlays do not lie on overlays: inside a container, files are copied.
    if [[ $(stat -f -c %T "$folder/data") == overlayfs ]]; then driver=vfs; fi
    (
      # Whoever waits for this script, or holds a lock, does not do so by way of the engine.
      for descriptor in /proc/self/fd/*; do
        descriptor=${descriptor##*/}
        if [[ $descriptor -gt 2 ]]; then eval "exec $descriptor>&-"; fi
      done
      exec setsid dockerd --data-root "$folder/data" --exec-root "$folder/exec" --pidfile "$folder/pid" \
        --host "$DOCKER_HOST" --storage-driver "$driver" --bridge none --iptables=false \
        --ip-forward=false ${options[@]+"${options[@]}"} >"$folder/log" 2>&1 </dev/null
    ) &
    local waited=0
    until answers; do
      sleep 0.2
      waited=$((waited + 1))
      if [[ $waited -gt 150 ]] || ! kill -0 $! 2>/dev/null; then
        tail -n 5 "$folder/log" >&2
        echo "the engine does not start; $folder/log tells more" >&2
        exit 1
      fi
    done
  fi
  local state=pending
  # An engine that was halted finds its own Swarm again.
  while [[ $state == pending ]]; do
    state=$(docker info --format '{{.Swarm.LocalNodeState}}')
    [[ $state != pending ]] || sleep 0.2
  done
  if [[ $state != active && ${ENGINE_SWARM:-} != none ]]; then
    docker swarm init --advertise-addr "$address" --listen-addr "$address" \
      --data-path-port "$data_port" >/dev/null
  fi
  echo "$DOCKER_HOST"
}

stop() {
  # Nobody's engine but the one that was started for this folder.
  if [[ -e $folder/pid ]] && answers; then
    # The engine goes down in order only when nothing is left that it would restart.
    docker swarm leave --force >/dev/null 2>&1 || true
    local containers
    containers=$(docker ps --all --quiet)
    if [[ -n $containers ]]; then
      # shellcheck disable=SC2086
      docker rm --force --volumes $containers >/dev/null
    fi
    docker volume ls --quiet | xargs -r docker volume rm --force >/dev/null
  fi
  halt
  end_orphans
  # An engine that was halted with networks leaves what it had mounted for them.
  cut -d' ' -f2 /proc/self/mounts | { grep -F -e "$folder/exec/" -e "$folder/data" || true; } |
    { xargs -r umount --lazy 2>/dev/null || true; }
  rm -rf "$folder/exec" "$folder/data/swarm" "$folder/pid" "$socket"
}

# An engine that died leaves what it ran: containers, each below a program that names its folder.
end_orphans() {
  local process
  for process in /proc/[0-9]*; do
    if [[ $(cat "$process/comm" 2>/dev/null) == containerd* && $process/root$folder -ef $folder ]] &&
      tr '\0' ' ' <"$process/cmdline" 2>/dev/null | grep -qF " $folder/exec/containerd/"
    then
      # shellcheck disable=SC2046
      kill -KILL $(cat "$process"/task/*/children 2>/dev/null) "${process#/proc/}" 2>/dev/null || true
    fi
  done
}

halt() {
  local pid
  pid=$(cat "$folder/pid" 2>/dev/null || true)
  # A number may have become another process's.
  if [[ -n $pid && $(cat "/proc/$pid/comm" 2>/dev/null) == dockerd ]] && kill "$pid" 2>/dev/null; then
    for ((i = 0; i < 100; i++)); do
      kill -0 "$pid" 2>/dev/null || break
      sleep 0.1
    done
    kill -KILL "$pid" 2>/dev/null || true
  fi
}

case $action in
  start) start ;;
  halt) halt ;;
  stop) stop ;;
  host) echo "$DOCKER_HOST" ;;
esac
