/** What the modules that run a program or a text for a shell share: arguments, checks and the shape of the result. */
import { arg, SplitError, splitWords } from '../../src/module/index.ts'
import type { CommandReport } from '../lib/program-result.ts'

/** Text for its standard input. */
export const stdinArguments = {
  stdin: arg.text.optional().describe('Text for its standard input.'),
  stdin_add_newline: arg.boolean.default(true).describe('End `stdin` with a line break.'),
}

/** The text for stdin, ended by a line break when asked for. */
export function withNewline(text: string | undefined, add: boolean): string | undefined {
  return text === undefined || !add || text.endsWith('\n') ? text : `${text}\n`
}

/** A text for a shell. */
export const shellText = arg.text.refine((text) => text.trim() !== '', 'the command is empty')

/** Which shell it is for. */
export const shellArgument = {
  executable: arg.path.optional().describe('Absolute path of the shell. Default: /bin/sh.'),
}

interface IssueContext {
  addIssue(issue: { code: 'custom'; path: string[]; message: string }): void
}

/** For superRefine: a command line has to split into words, and not into none. */
export function checkWords(context: IssueContext, name: string, line: string | undefined, empty: string): void {
  const issue = (message: string) => context.addIssue({ code: 'custom', path: [name], message })
  try {
    if (line !== undefined && splitWords(line).length === 0) issue(empty)
  } catch (error) {
    if (!(error instanceof SplitError)) throw error
    issue(error.message)
  }
}

/** Of command and shell: what a program printed, and when. */
export const runReturns = {
  rc: 'Return code.',
  stdout: 'Standard output.',
  stdout_lines: 'The same as a list of lines.',
  stderr: 'Standard error.',
  stderr_lines: 'The same as a list of lines.',
  start: 'When it began.',
  end: 'When it ended.',
  delta: 'How long it took.',
  msg: 'Why it failed, or why it did not run.',
}

/** Of raw and script: what was printed. */
export const outputReturns = {
  rc: 'Return code.',
  stdout: 'Standard output.',
  stdout_lines: 'Its lines.',
  stderr: 'Standard error.',
  stderr_lines: 'Its lines.',
}

/** raw and script do not show what was run. */
export function withoutCmd({ result: { cmd: _, ...result }, failed, changed }: CommandReport): CommandReport {
  return { result, failed, changed }
}
