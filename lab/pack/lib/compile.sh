# Compiles lib/src into lib/classes when the sources have changed. Sourced by the scripts in bin/; wants JAVA_HOME and
# STANDIN_HOME. The result is made beside and renamed, so that two starts at once do no harm.
compile_standin() (
  sources="$STANDIN_HOME/lib/src"
  classes="$STANDIN_HOME/lib/classes"
  stamp=$(find "$sources" -name '*.java' -exec cat {} + | cksum)
  if [ "$(cat "$classes/.stamp" 2>/dev/null)" = "$stamp" ]; then
    return 0
  fi
  if [ ! -x "$JAVA_HOME/bin/javac" ]; then
    echo "Error: the stand-in is compiled at its first start, and $JAVA_HOME has no bin/javac: a JDK is needed, not a JRE." >&2
    return 1
  fi
  part="$classes.part.$$"
  rm -rf "$part"
  mkdir -p "$part" || return 1
  if ! find "$sources" -name '*.java' | tr '\n' '\0' | xargs -0 "$JAVA_HOME/bin/javac" --release 11 -proc:none -nowarn -d "$part" >&2; then
    rm -rf "$part"
    return 1
  fi
  printf '%s\n' "$stamp" > "$part/.stamp"
  if [ -d "$classes" ]; then
    mv "$classes" "$classes.old.$$" 2>/dev/null
    rm -rf "$classes.old.$$"
  fi
  # When another start was faster, its result is as good as ours.
  mv -T "$part" "$classes" 2>/dev/null || rm -rf "$part"
  return 0
)
