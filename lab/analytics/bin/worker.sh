#!/bin/sh
# Start script of the worker of the stand-in for WSO2 API Manager Analytics 3.x. See ../README.md.
STANDIN_SCRIPT=$0
STANDIN_RUNTIME=worker
STANDIN_MAIN=org.aarun.standin.worker.Worker
. "$(dirname "$0")/runtime.sh"
