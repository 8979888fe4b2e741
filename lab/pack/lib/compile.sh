# Compiles lib/src into lib/classes when the sources have changed. Sourced by the scripts in bin/; wants JAVA_HOME and
# STANDIN_HOME. The result is made beside and renamed, so that two starts at once do no harm.
compile_standin() (
  classes="$STANDIN_HOME/lib/classes"
  cd "$STANDIN_HOME/lib/src/org/aarun/standin" || exit 1
  stamp=$(cat ./*.java ./*/*.java | cksum)
  if [ "$(cat "$classes/.stamp" 2> /dev/null)" = "$stamp" ]; then
    exit 0
  fi
  if [ ! -x "$JAVA_HOME/bin/javac" ]; then
    echo "Error: the stand-in is compiled at its first start, and $JAVA_HOME has no bin/javac: a JDK is needed, not a JRE." >&2
    exit 1
  fi
  part="$classes.part.$$"
  rm -rf "$part"
  mkdir -p "$part" || exit 1
  if ! "$JAVA_HOME/bin/javac" --release 11 -proc:none -nowarn -d "$part" ./*.java ./*/*.java >&2; then
    rm -rf "$part"
    exit 1
  fi
  printf '%s\n' "$stamp" > "$part/.stamp"
  if [ -d "$classes" ]; then
    mv "$classes" "$classes.old.$$" 2> /dev/null
    rm -rf "$classes.old.$$"
  fi
  # When another start was faster, its result is as good as ours.
  mv -T "$part" "$classes" 2> /dev/null || rm -rf "$part"
  exit 0
)
