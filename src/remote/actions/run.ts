/** Running a program, or a script that a user wrote. */
import type { Outcome, RunAction } from '../action.ts'
import { commandFact, shield } from '../probes/command.ts'
import { hostPath, type Host } from '../probes/host.ts'
import { argument, exports, quote, type Shell } from '../quote.ts'
import type { Reply } from '../reply.ts'
import type { Request } from '../request.ts'

/** Lines of the body. Output goes to files: what stays behind in the background must not hold up the reply. */
export function runBody(request: Request, action: RunAction, number: number, host: Host, limit?: number): string[] {
  const stdin = action.stdin === undefined ? '/dev/null' : request.payload(action.stdin)
  const { program, words, script } = shield(action.secret, () => commandWords(request, action))
  const seconds = shortest(action.timeout, limit)
  const timeout = seconds === undefined ? '' : `timeout -k 5 ${seconds} `
  return [
    ...(action.cwd === undefined
      ? []
      : [`cd -- ${quote(hostPath(action.cwd, host))} 2>/dev/null || { echo cwd >"$_R/f${number}"; exit 1; }`]),
    `umask ${action.umask === undefined ? '"$_um"' : quote(action.umask)}`,
    // What the shell itself says of how a program ended ('Killed') is not the program's output.
    `exec 5>&2 2>/dev/null; date +%s.%N >"$_R/t${number}"`,
    // Kept where no variable of the user's environment can reach it.
    `( set -- "$_R/f${number}" ${script ?? ''}`,
    shield(action.secret, () => exports(action.env ?? {})),
    `_program ${quote(program)} || { echo missing >"$1"; exit 127; }`,
    `exec ${timeout}${words} 2>&5 5>&-`,
    `) <${stdin}; _c=$?; date +%s.%N >>"$_R/t${number}"; exit $_c`,
  ]
}

/** The command line; `script` is the word that names the file of the script, which the command line knows as $2. */
function commandWords(request: Request, action: RunAction): { program: string; words: string; script?: Shell } {
  if (action.script === undefined) {
    const [program] = action.argv ?? []
    if (program === undefined || program === '') throw new Error('there is no program to run: argv is empty')
    return {
      program,
      words: (action.argv as string[]).map((word, index) => argument(word, `argument ${index} of ${program}`)).join(' '),
    }
  }
  const shell = action.shell ?? '/bin/sh'
  const args = (action.args ?? []).map((word, index) => argument(word, `argument ${index + 1} of the script`))
  return { program: shell, words: [quote(shell), '"$2"', ...args].join(' '), script: request.payload(action.script) }
}

const shortest = (...limits: (number | undefined)[]) => {
  const known = limits.filter((limit) => limit !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}

/** What the outcome of a run is, from the sections that it left. */
export function runOutcome(reply: Reply, action: RunAction, number: number, rc: number, limit?: number): Outcome {
  const flag = reply.text(`f${number}`).trim()
  const [start, end] = reply.lines(`t${number}`).map(Number)
  const fact = { ...commandFact(reply, String(number)), rc, found: flag !== 'missing' }
  const success = action.success ?? [0]
  const ok = flag === '' && (success === 'any' || success.includes(rc))
  const outcome: Outcome = { ...fact, ok, start, end }
  if (!ok) outcome.error = complaint(action, fact, flag, shortest(action.timeout, limit), (end ?? 0) - (start ?? 0))
  return outcome
}

function complaint(
  action: RunAction,
  fact: { rc: number; stdout: string; stderr: string },
  flag: string,
  limit: number | undefined,
  took: number,
): string {
  const program = action.script === undefined ? action.argv?.[0] : (action.shell ?? '/bin/sh')
  if (flag === 'cwd') return `the directory ${action.cwd} does not exist or may not be entered`
  if (flag === 'missing') return `the program ${program} was not found on the host`
  // timeout says 124, or 137 when it had to kill.
  if (limit !== undefined && took >= limit && (fact.rc === 124 || fact.rc === 137))
    return `it took longer than ${limit} s and was ended`
  if (action.secret) return `rc ${fact.rc} (its output is secret)`
  const last = lastLine(fact.stderr) ?? lastLine(fact.stdout)
  return last === undefined ? `rc ${fact.rc}` : `rc ${fact.rc}: ${last}`
}

/** The last line with something on it, cut to what fits in a message. */
export function lastLine(text: string): string | undefined {
  const line = text
    .split(/\r?\n/)
    .map((part) => part.trim())
    .findLast((part) => part !== '')
  return line !== undefined && line.length > 500 ? `${line.slice(0, 500)}…` : line
}
