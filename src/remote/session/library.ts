/**
 * Shell functions that requests call; sent once per session, behind the setup.
 *
 * Paths arrive as positional parameters. `for _p do shift; … set -- "$@" "$_p"` keeps those that pass a test.
 */

/** What stat is asked for; `src/remote/probes/stat.ts` reads it back in the same order. */
export const statFormat = '%n\\0%f\\0%u\\0%g\\0%U\\0%G\\0%s\\0%.9Y\\0%.9X\\0%.9Z\\0%i\\0%d\\0%h\\0'

const probing = String.raw`
_links(){ _o=$1; shift; for _p do shift; if [ -L "$_p" ]; then set -- "$@" "$_p"; fi; done
  [ $# -gt 0 ] || return 0
  printf '%s\0' "$@" >>"$_R/$_o"; readlink -z -- "$@" >>"$_R/"$_o"t"; }
_sums(){ _o=$1 _f=$2; shift 2
  for _p do shift; if [ -f "$_p" ] && [ -r "$_p" ] && { [ "$_f" ] || [ ! -L "$_p" ]; }; then set -- "$@" "$_p"; fi; done
  [ $# -gt 0 ] || return 0
  sha256sum -- "$@" >>"$_R/$_o"; }
_content(){ if [ -f "$2" ] && [ -r "$2" ] && { [ "$3" ] || [ ! -L "$2" ]; }
  then cat -- "$2" >"$_R/$1" || rm -f -- "$_R/$1"; fi; }
_program(){ case $1 in
  */*) if [ -f "$1" ] && [ -x "$1" ]; then _found=$1; return 0; fi; return 1;; esac
  _i=$IFS; IFS=:; set -f
  for _d in $PATH; do
    if [ -f "$_d/$1" ] && [ -x "$_d/$1" ]; then IFS=$_i; set +f; _found=$_d/$1; return 0; fi
  done
  IFS=$_i; set +f; return 1; }
_texts()( # name, directory, hashes that are known, find's words for what is wanted
  for _p in find sort xargs; do _program $_p || { echo $_p >"$_R/"$1e; exit; }; done
  cd -- "$2" || exit
  _o=$1 _k=$3 _l=$_P/$1; shift 3
  find -L "$@" -type f -print0 | sort -z >"$_l"
  xargs -0 -r sha256sum -- <"$_l" >"$_R/"$_o"h"
  _h=$(sha256sum <"$_R/"$_o"h"); case " $_k " in *" ${'$'}{_h%% *} "*) exit;; esac
  xargs -0 -r stat -L --printf='%n\0%s\0' -- <"$_l" >"$_R/"$_o"s"
  if _program gzip; then xargs -0 -r cat -- <"$_l" | gzip -c >"$_R/"$_o"z"
  else xargs -0 -r cat -- <"$_l" >"$_R/"$_o"c"; fi )
_jobs=0
_turn(){ _jobs=$((_jobs+1)); if [ "$_jobs" -gt 8 ]; then wait; _jobs=1; fi; }
_open(){
  if _program bash; then timeout "$3" bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$1" "$2"
  elif _program nc; then timeout "$3" nc -z -w "$3" "$1" "$2"
  elif _program curl; then curl -s --connect-timeout "$3" --max-time "$3" "telnet://$1:$2" </dev/null
    [ $? -ne 7 ] && [ $? -ne 28 ]
  else echo missing >"$_R/$4"; return; fi
  echo $? >"$_R/$4"; }
`

const changing = String.raw`
_die(){ printf '%s\n' "$1" >&2; exit 1; }
_parent(){ case $1 in */*) _d=${'$'}{1%/*}; [ "$_d" ] || _d=/;; *) _d=.;; esac
  [ -d "$_d" ] || _die "the directory $_d does not exist; create it first with the file module"; }
_resolve(){ _p=$1; [ ! -L "$1" ] || {
  _p=$(readlink -f -- "$1" && echo .) || _die "the symbolic link $1 leads nowhere"; _p=${'$'}{_p%??}; }; }
_beside(){ _t=$(mktemp -- "$_d/.aarun.XXXXXXXXXX" && echo .) || _die "no file can be made in $_d"
  _t=${'$'}{_t%??}; trap 'rm -f -- "$_t"' EXIT; }
_owned(){ [ -z "$1" ] || chown -- "$1" "$_t" || exit 1; [ -z "$2" ] || chmod -- "$2" "$_t" || exit 1; }
_like(){ chown --reference="$1" -- "$_t" 2>/dev/null || chgrp --reference="$1" -- "$_t" 2>/dev/null
  chmod --reference="$1" -- "$_t" || exit 1
  if [ -d /sys/fs/selinux ]; then chcon --reference="$1" -- "$_t" 2>/dev/null; fi; }
_backup(){ [ -e "$1" ] || return 0
  _b=$1.$$.$(date +%Y-%m-%d@%H:%M:%S)~
  cp -a -- "$1" "$_b" || exit 1; printf %s "$_b" >"$_R/$2"; }
_begin_write(){ [ ! -d "$_p" ] || _die "$_p is a directory"
  if [ -e "$_p" ] && [ ! -f "$_p" ]; then _die "$_p is not a regular file"; fi
  _parent "$_p"; }
_attributes(){ if [ -f "$_p" ] && [ ! -L "$_p" ]; then _like "$_p"
  else chmod "$(printf %o $((0666 & ~$_um)))" -- "$_t" || exit 1
    if [ -d /sys/fs/selinux ]; then restorecon -- "$_t" 2>/dev/null; fi; fi
  _owned "$1" "$2"; }
_receive(){ # size, directory, name: stores an upload beside its destination, or where there is room
  _t=$(mktemp -- "$2/.aarun.XXXXXXXXXX" 2>/dev/null && echo .) && _t=${'$'}{_t%??} || _t=$_P/$3
  _u=$((_u+1)); eval "_u$_u=\$_t"
  head -c "$1" <&3 >"$_t" || _fail "no space is left in $2 for an upload"; }
_uploaded(){ # number, sha256: makes it the candidate
  eval "_s=\$_u$1"
  case $(sha256sum <"$_s") in "$2 "*) ;; *) _die 'the upload arrived damaged (its checksum differs): try again';; esac
  case $_s in "$_d"/.aarun.*) _t=$_s;; *) _beside; cat -- "$_s" >"$_t" || exit 1;; esac; }
_place(){ mv -fT -- "$_t" "$1" && { trap - EXIT; return; }
  # A file that is itself a mount point can only be written in place.
  if LC_ALL=C grep -qF -- " $1 " /proc/self/mountinfo; then cat -- "$_t" >"$1"; else exit 1; fi; }
_mkdir(){ [ -d "$1" ] && return 0
  case $1 in */*) [ -z "${'$'}{1%/*}" ] || _mkdir "${'$'}{1%/*}" "$2" "$3";; esac
  if [ -e "$1" ] || [ -L "$1" ]; then _die "$1 exists and is not a directory"; fi
  mkdir -- "$1" || exit 1
  [ -z "$2" ] || chown -- "$2" "$1" || exit 1
  [ -z "$3" ] || chmod -- "$3" "$1" || exit 1; }
_unmounted(){ while read -r _ _ _ _ _m _; do
    case $_m in *\\*) _m=$(printf '%b.' "$_m"); _m=${'$'}{_m%.};; esac
    case $_m in "$1"|"$1"/*) _die "$_m is a mount point: unmount it first; nothing was removed";; esac
  done </proc/self/mountinfo; }
_remove(){ [ -e "$1" ] || [ -L "$1" ] || return 0
  case $1 in */*) _d=${'$'}{1%/*}/;; *) _d=.;; esac
  _d=$(cd -P -- "$_d" && pwd -P && echo .) || exit 1; _d=${'$'}{_d%??}; [ "$_d" != / ] || _d=
  _unmounted "$_d/${'$'}{1##*/}"
  rm -rf --one-file-system -- "$1"; }
_state(){ _f=$1 _owner=$2 _mode=$3; shift 3
  for _p do if [ ! -e "$_p" ] && [ ! -L "$_p" ]; then _die "$_p does not exist"; fi; done
  if [ "$_owner" ]; then chown $_f -- "$_owner" "$@" || exit 1; fi
  if [ "$_f" ]; then for _p do shift; if [ ! -L "$_p" ]; then set -- "$@" "$_p"; fi; done; fi
  if [ "$_mode" ] && [ $# -gt 0 ]; then chmod -- "$_mode" "$@" || exit 1; fi; }
_follow(){ # shows the output of run number $1 until it is done
  _n1=0 _n2=0 _i=0.02
  while :; do
    _z=; if [ -s "$_W/d$1" ]; then _z=1; fi
    _n1=$(_show "$1" o "$_n1"); _n2=$(_show "$1" e "$_n2")
    [ -z "$_z" ] || return 0
    sleep "$_i"; case $_i in 0.02) _i=0.05;; 0.05) _i=0.1;; *) _i=0.2;; esac
  done; }
_link(){ # path, ln options …
  _l=$1; shift; _parent "$_l"; if [ -d "$_l" ] && [ ! -L "$_l" ]; then _die "$_l is a directory"; fi
  _t=$(mktemp -u -- "$_d/.aarun.XXXXXXXXXX" && echo .) || exit 1; _t=${'$'}{_t%??}; trap 'rm -f -- "$_t"' EXIT
  ln "$@" "$_t" && mv -fT -- "$_t" "$_l"; }
_show(){ _k=$(wc -c <"$_W/$2$1"); _k=$((_k-$3))
  if [ "$_k" -gt 0 ]; then { echo "O $1 $2 $_k"; tail -c "+$(($3+1))" -- "$_W/$2$1" | head -c "$_k"; } >&4; fi
  echo $(($3+_k)); }
`

export const library = `{\n${probing}${changing}}\n`
