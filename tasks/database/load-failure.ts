/** What is said of a load that went wrong: where it stopped, what is there now, and the way out. */
import type { Outcome } from '../../src/module/index.ts'
import { where, type Login } from './client.ts'
import { DIALECTS } from './dialects.ts'
import { serverMessage } from './errors.ts'
import { MARKER, type Wanted } from './load-script.ts'

/** `present`: the tables that are there now; undefined where nobody could be asked. */
export function loadFailure(wanted: Wanted, login: Login, refused: Outcome, expected: string[], present: Set<string> | undefined): string {
  const stderr = refused.stderr ?? ''
  const message = serverMessage(stderr) || lastWords(stderr) || `the client ended with return code ${refused.rc}`
  const hint = /ERROR 1071/.test(stderr) ? ` (create ${wanted.database} with character_set: latin1)` : ''
  const stopped = place(refused)
  return `loading ${wanted.script} into ${wanted.database} at ${where(login)} failed${stopped}: ${message}${hint}; ${leftBehind(wanted, login, expected, present)}`
}

/** ' at statement 17 of 412, line 233: CREATE TABLE X', as the JDBC client tells it; one that was killed has only counted. */
function place({ stdout = '', stderr = '' }: Outcome): string {
  const doing = /^DOING (statement .*)$/m.exec(stderr)?.[1]
  if (doing !== undefined) return ` at ${doing}`
  const counted = [...stdout.matchAll(/^statement \d+ of \d+$/gm)].at(-1)?.[0]
  return counted === undefined ? '' : ` after ${counted}`
}

const lastWords = (stderr: string) => /^CAUSE (.*)$/m.exec(stderr)?.[1]

function leftBehind(wanted: Wanted, login: Login, expected: string[], present: Set<string> | undefined): string {
  if (!present) return `what is in ${wanted.database} now could not be asked: the next run tells it, and loads nothing over a part`
  const made = expected.filter((name) => present.has(name))
  if (made.length === 0 && !present.has(MARKER)) return `nothing was changed${DIALECTS[wanted.engine].whole ? ': all of it was rolled back' : ''}`
  const which = made.length > 0 ? ` (${few(made)})` : ''
  return `${made.length} of ${expected.length} tables were made, which ${serverName(wanted)} can't undo${which}: ${recover(wanted, login)}`
}

const NAMES = { postgresql: 'PostgreSQL', mysql: 'MySQL', mssql: 'the server', oracle: 'Oracle', db2: 'DB2' }
const serverName = (wanted: Wanted) => NAMES[wanted.engine]

/** A mark without a load: an earlier one stopped. */
export function stoppedEarlier(wanted: Wanted, login: Login, expected: string[], present: Set<string>): string {
  const made = expected.filter((name) => present.has(name))
  const first = expected.find((name) => !present.has(name))
  return (
    `an earlier load of a script into ${wanted.database} stopped in the middle ` +
    `(${made.length} of ${expected.length} tables are there${first === undefined ? '' : `; the first that is missing is ${first}`}): ${recover(wanted, login)}`
  )
}

export function partial(wanted: Wanted, login: Login, expected: string[], present: Set<string>): string {
  const missing = expected.filter((name) => !present.has(name))
  return (
    `${wanted.database} at ${where(login)} holds ${expected.length - missing.length} of the ${expected.length} tables of ${wanted.script}, ` +
    `but not ${few(missing)}. It may be of another version, or a load was cut short; the script is not run over it, ` +
    `because it may drop what is there. ${recover(wanted, login)}`
  )
}

function recover(wanted: Wanted, login: Login): string {
  const anew = DIALECTS[wanted.engine].anew(wanted.database, login.user ?? 'of this account')
  return `if it holds nothing of value, ${anew} and run again; else bring it up to date by hand`
}

export function few(names: string[]): string {
  return names.length > 8 ? `${names.slice(0, 8).join(', ')} and ${names.length - 8} more` : names.join(', ')
}
