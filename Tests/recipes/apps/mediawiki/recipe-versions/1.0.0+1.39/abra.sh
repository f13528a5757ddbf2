#!/bin/bash
# Read by abra: a config that changes needs a new version here.
export NGINX_CONF_VERSION=v1
export PHP_ENTRYPOINT_VERSION=v1
export LOCAL_SETTINGS_VERSION=v1
export DB_BACKUP_VERSION=v1
