#!/bin/sh
# SOURCE: recipe-info/plausible/tests/probe.sh
exit 0
