# What all start scripts do: start | stop | restart | version | test | debug PORT, or the foreground without any.
# The script that sources this file sets STANDIN_SCRIPT and STANDIN_JAVA_*, and may give options of its own to the JVM: the
# script's last, so that they win.
STANDIN_HOME=$(cd "$(dirname "$STANDIN_SCRIPT")/.." && pwd -P) || exit 1
CARBON_HOME=${CARBON_HOME:-$STANDIN_HOME}
export CARBON_HOME

if [ -z "${JAVA_HOME:-}" ]; then
  echo "You must set the JAVA_HOME variable before running CARBON."
  exit 1
fi
if [ ! -x "$JAVA_HOME/bin/java" ]; then
  echo "Error: JAVA_HOME is not defined correctly."
  echo " CARBON cannot execute $JAVA_HOME/bin/java"
  exit 1
fi

PID=
if [ -e "$CARBON_HOME/wso2carbon.pid" ]; then
  PID=$(tr -d '\0' < "$CARBON_HOME/wso2carbon.pid")
fi

command=run
options=
debug_port=
for argument in "$@"; do
  case $argument in
    start | -start | --start) command=start ;;
    stop | -stop | --stop) command=stop ;;
    restart | -restart | --restart) command=restart ;;
    version | -version | --version) command=version ;;
    test | -test | --test) command=test ;;
    debug | -debug | --debug) command=debug ;;
    -D*) options="$options $argument" ;;
    *) if [ "$command" = debug ]; then debug_port=$argument; fi ;;
  esac
done

# start always succeeds, whatever becomes of the server, and nobody reads what it prints: that is what the product does.
start_in_background() {
  # shellcheck disable=SC2086 # options are -D words
  nohup sh "$STANDIN_SCRIPT" $options > /dev/null 2>&1 < /dev/null &
  exit 0
}

debug_options=
case $command in
  version)
    cat "$CARBON_HOME/bin/version.txt" "$CARBON_HOME/bin/wso2carbon-version.txt"
    exit 0
    ;;
  test)
    exit 0
    ;;
  stop)
    # shellcheck disable=SC2086 # without a pid this is kill's usage error, as in the product
    kill -TERM $PID
    exit 0
    ;;
  start)
    if [ -n "$PID" ] && kill -0 "$PID" 2> /dev/null; then
      echo "Process is already running"
      exit 0
    fi
    start_in_background
    ;;
  restart)
    # shellcheck disable=SC2086
    kill -TERM $PID
    while [ -n "$PID" ] && kill -0 "$PID" 2> /dev/null; do
      sleep 1
    done
    start_in_background
    ;;
  debug)
    if [ -z "$debug_port" ]; then
      echo " Please specify the debug port after the --debug option"
      exit 1
    fi
    debug_options="-agentlib:jdwp=transport=dt_socket,server=y,suspend=y,address=$debug_port"
    ;;
esac

. "$STANDIN_HOME/lib/java-range.sh"
. "$STANDIN_HOME/lib/compile.sh"
compile_standin || exit 1
echo "JAVA_HOME environment variable is set to $JAVA_HOME"
echo "CARBON_HOME environment variable is set to $CARBON_HOME"
rm -rf "$CARBON_HOME"/tmp/*
cd "$CARBON_HOME" || exit 1

# shellcheck disable=SC2086 # these hold several words on purpose
exec "$JAVA_HOME/bin/java" ${JVM_MEM_OPTS:--Xms32m -Xmx160m} ${JAVA_OPTS:-} $debug_options \
  -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xshare:auto \
  -Dsun.net.httpserver.nodelay=true -Djava.net.preferIPv4Stack=true \
  -Dcarbon.home="$CARBON_HOME" $options $STANDIN_OPTIONS \
  -cp "$STANDIN_HOME/lib/classes" org.aarun.standin.Main
