#!/bin/bash
# Read by abra: a config that changes needs a new version here.
export FIRST_START_VERSION=v1
