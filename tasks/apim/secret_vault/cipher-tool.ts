/** Runs the cipher tool on a copy of the configuration, and puts its result in place only when it is sound. */
import type { RunAction } from '../../../src/module/index.ts'
import { hashOf } from '../../lib/content.ts'
import type { NamedKeystore } from '../secrets-section.ts'

/**
 * $1 the home, $2 the tool, $3 the intent to keep, $4 carbon.xml for the tool, then the aliases; stdin: the new deployment.toml; JAVA_HOME and the
 * password in the environment. The text is fixed: values come only as arguments. Return codes are read by `vaultFailure`.
 */
const SCRIPT = `
set -u
umask 077
home=$1 tool=$2 intent=$3 carbon=$4
shift 4
conf=$home/repository/conf
base=/dev/shm
if [ ! -d "$base" ] || [ ! -w "$base" ]; then base=$home; fi
work=$(mktemp -d "$base/aarun-vault.XXXXXX") || exit 10
trap 'rm -rf "$work"' EXIT
trap 'exit 11' HUP INT TERM
links() {
  for entry in "$1"/* "$1"/.[!.]*; do
    if [ -e "$entry" ] && [ "\${entry##*/}" != "$3" ]; then ln -s "$entry" "$2/" || return 1; fi
  done
}
mkdir "$work/repository" && links "$home" "$work" repository && links "$home/repository" "$work/repository" conf || exit 10
mkdir "$work/repository/conf" && cp -R "$conf/." "$work/repository/conf/" || exit 10
new=$work/repository/conf/deployment.toml
rm -f "$new"
cat > "$new" && cp "$new" "$work/wanted" || exit 10
if [ -n "$carbon" ]; then
  rm -f "$work/repository/conf/carbon.xml"
  printf '%s' "$carbon" > "$work/repository/conf/carbon.xml" || exit 10
fi
if [ -z "\${JAVA_HOME:-}" ]; then
  java=$(command -v java) || exit 22
  java=$(readlink -f "$java") && JAVA_HOME=\${java%/bin/java}
fi
CARBON_HOME=$work
export JAVA_HOME CARBON_HOME
case $tool in /*) ;; *) tool=$work/$tool ;; esac
[ -f "$tool" ] || exit 23
cd "$work" || exit 10
sh "$tool" -Dconfigure > "$work/log" 2>&1 < /dev/null
if [ $? -ne 0 ]; then
  if grep -qiE 'password was incorrect|tampered with|password verification failed' "$work/log"; then
    sed -n 's/^{type: .*, path: \\(.*\\)}$/\\1/p' "$work/log" | head -n 1 >&2
    exit 21
  fi
  grep -iE 'exception|error' "$work/log" | head -n 1 >&2
  exit 20
fi
head_of() { awk '/^[ \\t]*\\[secrets\\]/ { exit } { sub(/\\r$/, ""); print }' "$1"; }
head_of "$work/wanted" > "$work/head1"
head_of "$new" > "$work/head2"
cmp -s "$work/head1" "$work/head2" || exit 31
printf '%s\\n' "$@" | sort > "$work/aliases1"
awk '
  on && NF {
    if ($0 !~ /^[ \\t]*"?[A-Za-z0-9_.-]+"?[ \\t]*=[ \\t]*"[^]["]+"[ \\t\\r]*$/) { print "?"; next }
    sub(/[ \\t]*=.*/, ""); gsub(/[ \\t"]/, ""); print
  }
  /^[ \\t]*\\[secrets\\]/ { on = 1 }' "$new" | sort > "$work/aliases2"
cmp -s "$work/aliases1" "$work/aliases2" || exit 32
replace() {
  candidate=$2.aarun-new
  rm -f "$candidate"
  if [ -f "$2" ]; then cp -p "$2" "$candidate" || return 1; fi
  cat "$1" > "$candidate" || return 1
  if [ ! -f "$2" ]; then chown --reference="$conf/deployment.toml" "$candidate" 2> /dev/null; fi
  mv -f "$candidate" "$2"
}
properties=security/secret-conf.properties
if [ -f "$work/repository/conf/$properties" ]; then
  mkdir -p "$conf/security"
  WORK=$work HOME_PATH=$home awk '{
    while ((at = index($0, ENVIRON["WORK"])) > 0)
      $0 = substr($0, 1, at - 1) ENVIRON["HOME_PATH"] substr($0, at + length(ENVIRON["WORK"]))
    print
  }' "$work/repository/conf/$properties" > "$work/properties" || exit 10
  replace "$work/properties" "$conf/$properties" || exit 33
fi
replace "$new" "$conf/deployment.toml" || exit 33
printf '%s' "$intent" > "$work/intent" && mkdir -p "$conf/security" || exit 33
kept=$conf/security/.aarun-secrets.json
rm -f "$kept"
replace "$work/intent" "$kept" && chmod 600 "$kept" || exit 33
`

export const intentPath = (home: string): string => `${home}/repository/conf/security/.aarun-secrets.json`

/**
 * carbon.xml as far as the cipher tool reads it. Up to 1.1.19 (API Manager 3.0 to 4.1) it takes the keystore from there
 * alone: the file of the last start, in a fresh pack that of the pack's own keystore. From 1.1.20 on deployment.toml comes
 * first. (wso2/cipher-tool, Utils.setSystemProperties; product-apim issue 9512)
 */
function carbonXml({ file, type, alias }: NamedKeystore): string {
  const escape = (text: string) => text.replace(/[<>&]/g, (char) => `&#${char.charCodeAt(0)};`)
  const store = `<Location>${escape(file)}</Location><Type>${escape(type)}</Type><KeyAlias>${escape(alias)}</KeyAlias>`
  return `<Server><Security><KeyStore>${store}</KeyStore><InternalKeyStore>${store}</InternalKeyStore></Security></Server>\n`
}

export interface VaultRun {
  home: string
  tool: string
  aliases: string[]
  toml: string
  intent: Uint8Array
  /** The keystore that is to encrypt; its file as an absolute path. Undefined: not known yet. */
  keystore: NamedKeystore | undefined
  keystorePassword: string
  javaHome?: string
}

export function runCipherTool(run: VaultRun): RunAction {
  const options = javaOptions(run.keystorePassword)
  return {
    kind: 'run',
    script: SCRIPT,
    args: [run.home, run.tool, Buffer.from(run.intent).toString('utf8'), run.keystore ? carbonXml(run.keystore) : '', ...run.aliases],
    stdin: run.toml,
    env: { ...options, ...(run.javaHome !== undefined && { JAVA_HOME: run.javaHome }) },
    secret: true,
    success: 'any',
    timeout: 300,
    complete: true,
    makes: [
      { kind: 'file', path: `${run.home}/repository/conf/deployment.toml`, fact: 'unknown' },
      { kind: 'file', path: `${run.home}/repository/conf/security/secret-conf.properties`, fact: 'unknown' },
      {
        kind: 'file',
        path: intentPath(run.home),
        fact: {
          exists: true,
          type: 'file',
          mode: 0o600,
          size: run.intent.length,
          sha256: hashOf(run.intent),
          content: run.intent,
        },
      },
    ],
  }
}

/**
 * The tool takes the password as the system property keystore.password (the stand-in: password). Java reads properties
 * from these variables too, so that it need not be on the command line, where everybody could see it. Java 8 knows only
 * the second, which has no quotes.
 */
function javaOptions(password: string): Record<string, string> {
  const both = ['keystore.password', 'password']
  const simple = /^[^\s"']+$/.test(password)
  return {
    JDK_JAVA_OPTIONS: both.map((name) => javaWord(`-D${name}=${password}`)).join(' '),
    ...(simple && { JAVA_TOOL_OPTIONS: both.map((name) => `-D${name}=${password}`).join(' ') }),
  }
}

/** Quotes as Java's launcher reads them: it knows no backslash, so that each kind of quote goes into the other. */
function javaWord(word: string): string {
  return word
    .split(/("+)/)
    .filter((part) => part !== '')
    .map((part) => (part.startsWith('"') ? `'${part}'` : `"${part}"`))
    .join('')
}

/** Why the script stopped; undefined when it did not. */
export function vaultFailure(
  rc: number,
  stderr: string,
  run: { home: string; tool: string; keystore: string },
): string | undefined {
  if (rc === 0) return undefined
  const untouched = 'deployment.toml was not changed'
  switch (rc) {
    case 20:
      return `the cipher tool failed: ${stderr.trim() || 'it said nothing'}; ${untouched}`
    case 21:
      // It says itself which one it has opened.
      if (/^\/./.test(stderr) && !stderr.trim().endsWith(run.keystore.replace(/^.*\//, '/')))
        return `the cipher tool took another keystore, ${stderr.trim()}, which keystore_password does not open; ${untouched}`
      return `the cipher tool could not open ${run.keystore}: keystore_password is not right; ${untouched}`
    case 22:
      return `no Java was found for the cipher tool: give java_home; ${untouched}`
    case 23:
      return `there is no cipher tool ${run.tool} in ${run.home}: unpack the pack first, or correct tool; ${untouched}`
    case 31:
      return `the cipher tool changed more of deployment.toml than [secrets]; its result was thrown away and ${untouched}`
    case 32:
      return `the cipher tool did not encrypt every secret; its result was thrown away and ${untouched}`
    case 33:
      return `deployment.toml in ${run.home}/repository/conf could not be replaced: ${stderr.trim()}`
    default:
      return `a copy of the configuration of ${run.home} could not be made: ${stderr.trim() || `return code ${rc}`}`
  }
}
