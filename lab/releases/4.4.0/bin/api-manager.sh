#!/bin/sh
# Start script of the stand-in for WSO2 API Manager 4.4.0. See ../README.md.
# This release says that it runs on these Java versions (two digits major, two minor); others start all the same.
STANDIN_JAVA_FROM=1100
STANDIN_JAVA_TO=2100
STANDIN_JAVA_SUPPORTED="CARBON is supported only between JDK 11 and JDK 21"
STANDIN_OPTIONS=-Dhttpclient.hostnameVerifier=AllowAll
STANDIN_SCRIPT=$0
. "$(dirname "$0")/../lib/launch.sh"
