/** The command that runs the session's shell as another user. */
import type { Become } from '../target.ts'

/** A command line, and what to look for on stderr when it may ask for a password. */
export interface Wrapped {
  argv: string[]
  /** Matches the prompt for the password. */
  prompt?: RegExp
}

/** Root needs no sudo to be somebody else: where it is not installed, su serves. Arguments: user, loop, arguments of sudo. */
const sudoOrSu =
  'command -v sudo >/dev/null 2>&1||[ "$(id -u)" -gt 0 ]||exec su -s /bin/sh -c "$2" "$1";' +
  'u=$1 l=$2;shift 2;exec sudo -H "$@" -u "$u" sh -c "$l"'

/** `mark` is a text that nothing else prints; sudo uses it as its prompt. `loop` is what the shell runs. */
export function wrap(loop: string, become: Become | undefined, mark: string): Wrapped {
  if (!become) return { argv: ['sh', '-c', loop] }
  const { user, method, password, flags = [] } = become
  // A user that starts with - would be taken for an option.
  if (user.startsWith('-') || user === '') throw new Error(`'${user}' is not a user to become`)
  switch (method) {
    case 'sudo': {
      // -k: do not use (or leave) a remembered password, so that a wrong one is always noticed.
      const asking = password === undefined ? ['-n'] : ['-k', '-S', '-p', mark]
      const argv = ['sh', '-c', sudoOrSu, 'sh', user, loop, ...asking, ...flags]
      return password === undefined ? { argv } : { argv, prompt: new RegExp(mark) }
    }
    case 'su':
      return { argv: ['su', ...flags, '-s', '/bin/sh', '-c', loop, user], prompt: /[:：]\s*$/ }
    case 'runuser':
      return { argv: ['runuser', ...flags, '-s', '/bin/sh', '-c', loop, user] }
    case 'doas':
      if (password !== undefined) {
        throw new Error('doas reads passwords from a terminal only: allow the user with nopass in doas.conf, or become with sudo')
      }
      return { argv: ['doas', '-n', ...flags, '-u', user, 'sh', '-c', loop] }
  }
}
