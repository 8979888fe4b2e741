/** Exit codes of ansible-playbook, and how an error ends the program. */
import process from 'node:process'

export const exit = { ok: 0, error: 1, failed: 2, input: 4, options: 5, interrupted: 99, unexpected: 250 } as const

/** The command line itself is wrong. */
export class UsageError extends Error {
  readonly hint: string | undefined
  constructor(message: string, hint?: string) {
    super(message)
    this.hint = hint
  }
}

/** The user ended a question with Ctrl-C or Ctrl-D. */
export class Interrupted extends Error {}

/** Tells the user about an error, and gives the exit code for it. A stack trace only with AARUN_DEBUG=1. */
export async function report(error: unknown): Promise<number> {
  const debug = (process.env['AARUN_DEBUG'] ?? '') !== ''
  if (debug && error instanceof Error) say(error.stack ?? error.message)
  if (error instanceof Interrupted) {
    say('interrupted')
    return exit.interrupted
  }
  if (error instanceof UsageError) {
    say(`ERROR! ${error.message}`)
    if (error.hint) say(`  ${error.hint}`)
    return exit.options
  }
  // Loaded late: most runs have no error.
  const { formatInputError, InputError } = await import('../yaml/index.ts')
  if (error instanceof InputError) {
    say(`ERROR! ${formatInputError(error)}`)
    return exit.input
  }
  const code = (error as NodeJS.ErrnoException | undefined)?.code
  say(`ERROR! ${error instanceof Error ? error.message : String(error)}`)
  if (code !== undefined && /^E[A-Z]+$/.test(code)) return exit.error
  if (!debug) say('  This is a defect in aarun: with AARUN_DEBUG=1 it says where.')
  return exit.unexpected
}

function say(text: string): void {
  process.stderr.write(`${text}\n`)
}
