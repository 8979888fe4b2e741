/** What `register` sees of a program that ran: rc, stdout, stderr, their lines, and when. */
import type { Outcome } from '../../src/module/index.ts'

export interface CommandReport {
  result: Record<string, unknown>
  failed?: string
  changed: boolean
}

/** The report of `command` and its kin. `cmd` is shown as it was run: words, or the text of a shell command. */
export function commandReport(cmd: string | string[], outcome: Outcome, stripEnds = true): CommandReport {
  const trim = (text: string) => (stripEnds ? text.replace(/[\r\n]+$/, '') : text)
  const rc = outcome.rc ?? (outcome.ok ? 0 : 1)
  const result = {
    cmd,
    rc,
    ...output(trim(outcome.stdout ?? ''), trim(outcome.stderr ?? '')),
    ...times(outcome.start, outcome.end),
  }
  const failed = failure(outcome, rc)
  return failed === undefined ? { result, changed: true } : { result: { ...result, msg: failed }, failed, changed: true }
}

/** Lines as Python's `splitlines` gives them. */
export function lines(text: string): string[] {
  const parts = text.split(/\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/)
  if (parts.at(-1) === '') parts.pop()
  return parts
}

/** What could not be run at all, or was ended, says why; a plain return code has Ansible's words. */
function failure(outcome: Outcome, rc: number): string | undefined {
  if (!outcome.ok) return outcome.error ?? 'the command could not be run'
  return rc === 0 ? undefined : 'non-zero return code'
}

function output(stdout: string, stderr: string) {
  return { stdout, stdout_lines: lines(stdout), stderr, stderr_lines: lines(stderr) }
}

function times(start?: number, end?: number): Record<string, string> {
  if (start === undefined || end === undefined) return {}
  return { start: dateText(start), end: dateText(end), delta: deltaText(end - start) }
}

/** '2024-05-01 10:20:30.123456' in UTC. */
export function dateText(seconds: number): string {
  const whole = new Date(Math.floor(seconds) * 1000).toISOString().slice(0, 19).replace('T', ' ')
  return `${whole}.${fraction(seconds)}`
}

/** '0:00:01.250000'. */
export function deltaText(seconds: number): string {
  const span = Math.max(0, seconds)
  const two = (n: number) => String(Math.floor(n)).padStart(2, '0')
  return `${Math.floor(span / 3600)}:${two((span / 60) % 60)}:${two(span % 60)}.${fraction(span)}`
}

function fraction(seconds: number): string {
  return String(Math.floor((seconds - Math.floor(seconds)) * 1e6)).padStart(6, '0')
}
