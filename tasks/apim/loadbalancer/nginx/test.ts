/** `nginx -t` of a candidate, as what it will be: the main file itself, or a part that the main file includes. */

/**
 * Runs its arguments. nginx says last that the test failed, and before that why: only that is kept. (No printf here: '%s' is
 * the candidate.)
 */
const TEST = `
told=$("$@" 2>&1)
code=$?
if [ $code -ne 0 ]; then
  TOLD=$told awk 'BEGIN { print ENVIRON["TOLD"] }' |
    grep -E '\\[(emerg|crit|alert)\\]' | grep -v 'could not open error log' | tail -n 1 >&2
fi
(exit $code)
`

/**
 * $1 candidate, $2 its place, then the test: the candidate takes its place only while it is tested. What was there is hidden
 * meanwhile: nginx may take all files of the directory, but none with a dot.
 */
const SWAP = `
candidate=$1 place=$2
shift 2
saved=\${place%/*}/.\${place##*/}.aarun-old
restore() { if [ -e "$saved" ] || [ -h "$saved" ]; then mv -f "$saved" "$place"; else rm -f "$place"; fi; }
rm -f "$saved"
trap 'restore; exit 1' HUP INT TERM
if [ -e "$place" ] || [ -h "$place" ]; then mv "$place" "$saved" || exit 1; fi
cat "$candidate" > "$place" || { restore; exit 1; }
${TEST}
code=$?
restore
exit $code
`

export const tested = (command: string[]): string[] => ['sh', '-c', TEST, 'sh', ...command]
export const swapped = (dest: string, command: string[]): string[] => ['sh', '-c', SWAP, 'sh', '%s', dest, ...command]
