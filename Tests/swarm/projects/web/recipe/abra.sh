#!/bin/bash
export DEFAULT_CONF_VERSION=v1
export PG_BACKUP_VERSION=v1
