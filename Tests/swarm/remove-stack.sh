#!/bin/sh
# Removes a stack with its volumes, and waits until nothing of it is there: remove-stack.sh NAME
# DOCKER_HOST says on which engine.
set -eu
if [ $# -ne 1 ]; then
  echo "usage: remove-stack.sh NAME" >&2
  exit 64
fi
label="label=com.docker.stack.namespace=$1"
docker stack rm "$1" >/dev/null
waited=0
until [ -z "$(docker container ls --all --quiet --filter "$label")$(docker network ls --quiet --filter "$label")" ]; do
  sleep 0.2
  waited=$((waited + 1))
  if [ "$waited" -gt 150 ]; then
    echo "$1 is not gone after 30 s" >&2
    exit 1
  fi
done
docker volume ls --quiet --filter "$label" | xargs -r docker volume rm >/dev/null
