/** The command that runs the session's shell as another user. */
import { quote } from '../quote.ts'
import type { Become } from '../target.ts'

/** A command line, and what to look for on stderr when it may ask for a password. */
export interface Wrapped {
  argv: string[]
  /** Matches the prompt for the password. */
  prompt?: RegExp
}

/** `mark` is a text that nothing else prints; sudo uses it as its prompt. */
export function wrap(argv: string[], become: Become | undefined, mark: string): Wrapped {
  if (!become) return { argv }
  const flags = become.flags ?? []
  // A user that starts with - would be taken for an option.
  if (become.user.startsWith('-') || become.user === '') throw new Error(`'${become.user}' is not a user to become`)
  const command = argv.map(quote).join(' ')
  switch (become.method) {
    case 'sudo':
      return become.password === undefined
        ? { argv: ['sudo', '-H', '-n', ...flags, '-u', become.user, ...argv] }
        : // -k: do not use (or leave) a remembered password, so that a wrong one is always noticed.
          { argv: ['sudo', '-H', '-k', '-S', '-p', mark, ...flags, '-u', become.user, ...argv], prompt: new RegExp(mark) }
    case 'su':
      return { argv: ['su', ...flags, '-s', '/bin/sh', '-c', `exec ${command}`, become.user], prompt: /[:：]\s*$/ }
    case 'runuser':
      return { argv: ['runuser', ...flags, '-u', become.user, '--', ...argv] }
    case 'doas':
      if (become.password !== undefined) {
        throw new Error('doas reads passwords from a terminal only: allow the user with nopass in doas.conf, or become with sudo')
      }
      return { argv: ['doas', '-n', ...flags, '-u', become.user, ...argv] }
  }
}
