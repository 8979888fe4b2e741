#!/bin/sh
# Encrypts the "[plain]" values of [secrets] in deployment.toml: ciphertool.sh -Dconfigure [-Dpassword=...]
# CARBON_HOME may point to another tree that has repository/conf and repository/resources/security.
STANDIN_HOME=$(cd "$(dirname "$0")/.." && pwd -P) || exit 1
CARBON_HOME=${CARBON_HOME:-$STANDIN_HOME}
if [ -z "${JAVA_HOME:-}" ]; then
  echo "You must set the JAVA_HOME variable before running CARBON."
  exit 1
fi
. "$STANDIN_HOME/lib/compile.sh"
compile_standin || exit 1
exec "$JAVA_HOME/bin/java" -Xmx64m -XX:+UseSerialGC -Dcarbon.home="$CARBON_HOME" -Dstandin.home="$STANDIN_HOME" "$@" \
  -cp "$STANDIN_HOME/lib/classes" org.aarun.standin.security.CipherTool
