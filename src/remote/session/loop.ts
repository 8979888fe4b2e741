/**
 * What runs on the host: a loop that reads a length and that many bytes of script, and evaluates it.
 *
 * One connection is one such process. It stands on the command line, so it has neither single quotes, newlines,
 * backslashes nor exclamation marks: the login shell in between may be csh or fish.
 * Descriptor 3 is where requests come from, 4 where replies go; no command that we run gets either of them.
 */

/** `nonce` is printed once when the loop is ready; what comes before it (banners, rc files) is noise. */
export function loop(nonce: string): string {
  return (
    `exec 3<&0 4>&1 0</dev/null 1>&2;echo ${nonce} "$HOME" >&4;` +
    'while read -r _n <&3;do _s=$(head -c "$_n" <&3);eval "$_s";done'
  )
}

/**
 * The first script of a session: a private directory, its removal at the end, and the functions that requests use.
 * All names begin with _ and none is exported. $_R: sections of the reply; $_W: what is still being written while a
 * reply is made (outputs of commands); $_P: what came with the request.
 */
export const setup = String.raw`{
set +C +e +u +f
[ -r . ] && [ -x . ] || cd -- "$HOME" 2>/dev/null || cd /
unset CDPATH GREP_OPTIONS GREP_COLOR POSIXLY_CORRECT
_um=$(umask) _lc=$LC_ALL; umask 077
case ":$PATH:" in *:/usr/sbin:*) ;; *) PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin; export PATH;; esac
_fail(){ printf 'E %s\n' "$1" >&4; exit 1; }
_clean(){ _drop; [ -z "$_L" ] || rm -f -- "$_L"; [ -z "$_T" ] || rm -rf -- "$_T"; }
_drop(){ while [ "$_u" -gt 0 ]; do eval "rm -f -- \"\$_u$_u\""; _u=$((_u-1)); done; }
_u=0 _T= _L=
trap _clean EXIT; trap 'exit 129' HUP; trap 'exit 130' INT; trap 'exit 141' PIPE; trap 'exit 143' TERM
_t=$TMPDIR; [ -d "$_t" ] || _t=/tmp
_T=$(mktemp -d "$_t/aarun.XXXXXXXXXX" 2>/dev/null) || _T=$(mktemp -d "$HOME/.aarun.XXXXXXXXXX" 2>/dev/null) ||
  { _T=; _fail 'no temporary directory can be made in /tmp or in the home directory (GNU coreutils are needed, and some space)'; }
stat --printf= / 2>/dev/null || _fail 'GNU coreutils are needed on the host (its stat has no --printf)'
_R=$_T/q/r _W=$_T/q/w _P=$_T/q/p
_full="no space is left in $_T, where answers are prepared"
_begin(){ rm -rf -- "$_T/q"; mkdir -- "$_T/q" "$_R" "$_W" "$_P" || _fail "$_full"; }
_store(){ head -c "$1" <&3 >"$2" || _fail "$_full"; }
_received(){ read -r _e <&3; [ "$_e" = "$1" ] || exit 1; }
_reply(){
  : >"$_W/x"; cp -- "$_W"/* "$_R" 2>/dev/null || _fail "$_full"
  echo . >"$_R/z"; [ -s "$_R/z" ] || _fail "$_full"
  ( cd "$_R" || exit; set -- *; echo "R $#"; LC_ALL=C wc -c -- "$@"; cat -- "$@" ) >&4
  _drop; rm -rf -- "$_T/q"
}
}
`
