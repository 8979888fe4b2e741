#!/bin/sh
# Start script of the 3.x stand-in for WSO2 API Manager. See ../README.md.
STANDIN_DEFAULT_VERSION=3.2.0
STANDIN_SCRIPT=$0
. "$(dirname "$0")/../lib/launch.sh"
