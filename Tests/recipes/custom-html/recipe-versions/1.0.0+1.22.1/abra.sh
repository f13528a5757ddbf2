#!/bin/bash
# Read by abra: a config that changes needs a new version here.
export DEFAULT_CONF_VERSION=v1
