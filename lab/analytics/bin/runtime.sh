# What worker.sh and dashboard.sh do: start | stop | restart, or the foreground without any. They set STANDIN_RUNTIME, _SCRIPT and _MAIN.
STANDIN_HOME=$(cd "$(dirname "$STANDIN_SCRIPT")/.." && pwd -P) || exit 1
if [ -z "${JAVA_HOME:-}" ]; then
  echo "You must set the JAVA_HOME variable before running CARBON."
  exit 1
fi
pidfile="$STANDIN_HOME/wso2/$STANDIN_RUNTIME/runtime.pid"
PID=$(cat "$pidfile" 2> /dev/null)

# As in the product, a start says success at once, and a stop does not wait.
case ${1:-run} in
  stop)
    kill -TERM $PID
    exit 0
    ;;
  start | restart)
    if [ -n "$PID" ] && kill -0 "$PID" 2> /dev/null; then
      if [ "$1" = start ]; then
        echo "Process is already running"
        exit 0
      fi
      kill -TERM "$PID"
      while kill -0 "$PID" 2> /dev/null; do
        sleep 1
      done
    fi
    nohup sh "$STANDIN_SCRIPT" > /dev/null 2>&1 < /dev/null &
    exit 0
    ;;
esac

. "$STANDIN_HOME/lib/compile.sh"
compile_standin || exit 1
cd "$STANDIN_HOME" || exit 1
# shellcheck disable=SC2086 # these hold several words on purpose
exec "$JAVA_HOME/bin/java" ${JVM_MEM_OPTS:--Xms16m -Xmx96m} -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xshare:auto \
  -Djava.net.preferIPv4Stack=true -Dcarbon.home="$STANDIN_HOME" -Dwso2.runtime="$STANDIN_RUNTIME" \
  -cp "$STANDIN_HOME/lib/classes" "$STANDIN_MAIN"
