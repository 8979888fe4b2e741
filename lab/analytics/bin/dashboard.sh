#!/bin/sh
# Start script of the dashboard of the stand-in for WSO2 API Manager Analytics 3.x. See ../README.md.
STANDIN_SCRIPT=$0
STANDIN_RUNTIME=dashboard
STANDIN_MAIN=org.aarun.standin.worker.Dashboard
. "$(dirname "$0")/runtime.sh"
