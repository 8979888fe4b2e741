#!/bin/sh
# Start script of the stand-in for WSO2 API Manager 4.1.0. See ../README.md.
# This release says that it runs on these Java versions (two digits major, two minor); others start all the same.
STANDIN_JAVA_FROM=107
STANDIN_JAVA_TO=1100
STANDIN_JAVA_SUPPORTED="CARBON is supported only on JDK 1.7, 1.8, 9, 10 and 11"
STANDIN_OPTIONS=-Dhttpclient.hostnameVerifier=AllowAll
STANDIN_SCRIPT=$0
. "$(dirname "$0")/../lib/launch.sh"
