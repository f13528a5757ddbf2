#!/bin/bash
# Read by abra: a config that changes needs a new version here.
export APP_ENTRYPOINT_VERSION=v1
export PG_BACKUP_VERSION=v1
