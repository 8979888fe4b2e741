#!/bin/sh
# Start script of the 4.x stand-in for WSO2 API Manager. See ../README.md.
STANDIN_DEFAULT_VERSION=4.2.0
STANDIN_SCRIPT=$0
. "$(dirname "$0")/../lib/launch.sh"
