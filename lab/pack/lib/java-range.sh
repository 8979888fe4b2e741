# Says so when this Java is none of the release's, and goes on, as the product's scripts do. The version is read from the
# file that every JDK has: asking the JDK itself would take a fifth of a start.
java_version=$(sed -n 's/^JAVA_VERSION="\(.*\)"$/\1/p' "$JAVA_HOME/release" 2> /dev/null)
java_number=$(echo "${java_version:-0}" | awk -F. '{ printf "%d%02d", $1, $2 }')
if [ "$java_number" -lt "$STANDIN_JAVA_FROM" ] || [ "$java_number" -gt "$STANDIN_JAVA_TO" ]; then
  echo " Starting WSO2 Carbon (in unsupported JDK)"
  echo " [ERROR] $STANDIN_JAVA_SUPPORTED"
fi
