/**
 * A host's lock: keeps two runs from changing the same host as the same user at the same time.
 *
 * It is a directory with one entry for each shell that changes things: its process and when that began, the run, and
 * who that is. An entry counts only while its shell lives, so nothing that dies leaves the host locked. A run has
 * many shells (one for each user that it becomes, or for each name of a machine): they do not keep each other out.
 *
 * AARUN_LOCK_DIR in the environment of the host's shell puts it elsewhere: two tests on one machine are no danger.
 */
import { quote } from './quote.ts'
import type { Reply } from './reply.ts'
import type { Request } from './request.ts'

export interface HostLock {
  /** Names the run; the same for all its connections. */
  run: string
  /** Who that is, in words for whoever is kept out. */
  holder: string
}

/** Somebody else's run is changing this host. */
export class HostLockedError extends Error {
  override name = 'HostLockedError'
}

const functions = String.raw`
_began(){ _s=; { read -r _s <"/proc/$1/stat"; } 2>/dev/null; _s=${'$'}{_s##*) }; set -- $_s; echo "${'$'}{20}"; }
_alive(){ [ "$1" ] && kill -0 "$1" 2>/dev/null && [ "$(_began "$1")" = "$2" ]; }
_lock(){ # run, holder: $_k says what stands in the way
  _k= _d=/tmp/aarun.lock.$(id -u)
  if [ "$(id -u)" -eq 0 ] && [ -w /run ]; then _d=/run/aarun.lock; fi
  if [ "$AARUN_LOCK_DIR" ]; then _d=$AARUN_LOCK_DIR; fi
  mkdir -- "$_d" 2>/dev/null
  if [ -L "$_d" ] || [ ! -d "$_d" ] || [ ! -O "$_d" ]; then _k="F $_d"; return; fi
  _n=0
  until ln -s "$$" "$_d/busy" 2>/dev/null; do
    _n=$((_n+1)); if [ "$_n" -gt 50 ]; then _k="F $_d"; return; fi
    _o=$(readlink -- "$_d/busy") && ! kill -0 "$_o" 2>/dev/null && rm -f -- "$_d/busy" && continue
    sleep 0.1
  done
  for _e in "$_d"/run.*; do
    if [ ! -f "$_e" ]; then continue; fi
    _p= _b= _r= _h=; { read -r _p _b _r; read -r _h; } <"$_e"
    if ! _alive "$_p" "$_b"; then rm -f -- "$_e"; elif [ "$_r" != "$1" ]; then _k="H $_h"; fi
  done
  if [ -z "$_k" ]; then
    _L=$_d/run.$$
    printf '%s %s %s\n%s\n' "$$" "$(_began "$$")" "$1" "$2" >"$_L" || _k="F $_d"
  fi
  rm -f -- "$_d/busy"; }
`

export interface Locking {
  /** Shell that takes the lock, and lets no action run without it. */
  shell: string
  /** Throws when it was not got. */
  check(reply: Reply): void
}

/** Takes the lock, or finds that this run has it, as part of a request. */
export function takeLock(request: Request, { run, holder }: HostLock): Locking {
  const section = request.name('lock')
  const text = holder.replace(/\s+/g, ' ')
  return {
    shell: `${functions}_lock ${quote(run)} ${quote(text)}; if [ "$_k" ]; then _go=; printf %s "$_k" >"$_R/${section}"; fi`,
    check(reply) {
      const [kind, ...words] = reply.text(section).split(' ')
      const said = words.join(' ')
      if (kind === 'H') throw new HostLockedError(`another run is changing this host: ${said}`)
      if (kind === 'F') throw new HostLockedError(`the lock of this host can't be taken: ${said} can't be used, or belongs to somebody else`)
    },
  }
}
