#!/bin/bash
# Read by abra: a config that changes needs a new version here.
export PG_BACKUP_VERSION=v1
export CLICKHOUSE_BACKUP_VERSION=v1
