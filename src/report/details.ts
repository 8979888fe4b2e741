/** What is told about a result: why it failed, what it changed, what it gave. */
import type { HostResult } from '../events/index.ts'
import type { Style } from './style.ts'
import { clean, fields, oneLine, readable } from './text.ts'

/** Parts of a result that say nothing to a person, or that are told otherwise. */
const NOISE = new Set([
  'changed',
  'failed',
  'skipped',
  'unreachable',
  'diff',
  'invocation',
  'warnings',
  'results',
  'skip_reason',
  'false_condition',
])
const TIMES = new Set(['start', 'end', 'delta'])
const CENSORED = "the output has been hidden because 'no_log: true' was given for this task"

/** The reason in one line, for behind `=>`. */
export function reason(result: HostResult): string {
  if (result.censored) return CENSORED
  const text = result.message ?? result.result['msg'] ?? result.unknown ?? ''
  return readable(text).split('\n', 1)[0]?.trim() ?? ''
}

/** All that is needed to act on a failure, below its line: the rest of the message, and what the command said, as text. */
export function failureDetails(result: HostResult, verbosity: number): string[] {
  if (result.censored) return []
  const shown = result.result
  const lines = restOfMessage(result)
  const told: Record<string, unknown> = {}
  if ('cmd' in shown) told['cmd'] = commandLine(shown['cmd'])
  if ('rc' in shown) told['rc'] = shown['rc']
  for (const name of [
    'stderr',
    'stdout',
    'module_stderr',
    'module_stdout',
    'exception',
    'status',
    'url',
    'content',
    'assertion',
    'evaluated_to',
  ]) {
    const value = shown[name]
    if (value !== undefined && value !== null && value !== '') told[name] = value
  }
  // The message stands in the lines before.
  const rest = verbosity > 0 ? others(shown, { ...told, msg: '' }, verbosity) : {}
  return [...lines, ...fields(told), ...fields(rest)]
}

/** The result's values, for -v and for `debug`. */
export function resultDetails(result: HostResult, verbosity: number): string[] {
  if (result.censored) return [CENSORED]
  const shown = others(result.result, {}, verbosity)
  return fields('cmd' in shown ? { ...shown, cmd: commandLine(shown['cmd']) } : shown)
}

/** The diffs of what was, or would be, changed. The engine made them only where they were asked for. */
export function diffs(result: HostResult, style: Style): string[] {
  if (result.censored) return []
  return result.changes.flatMap((change) => (change.diff ? colorDiff(change.diff, style) : []))
}

/** What was, or would be, changed: a line each. */
export function summaries(result: HostResult): string[] {
  return result.censored ? [] : result.changes.map((change) => `  - ${oneLine(change.summary)}`)
}

/** A unified diff, painted. */
export function colorDiff(diff: string, style: Style): string[] {
  return clean(diff)
    .trimEnd()
    .split('\n')
    .map((line) => {
      if (line.startsWith('+')) return style.added(line)
      if (line.startsWith('-')) return style.removed(line)
      return line.startsWith('@@') ? style.hunk(line) : line
    })
}

/** `[host]`, or `[host -> delegate]`. */
export function hostLabel(result: { host: string; delegate?: string }): string {
  const delegated = result.delegate !== undefined && result.delegate !== result.host
  return delegated ? `[${result.host} -> ${result.delegate}]` : `[${result.host}]`
}

/** The host could not be reached, and that was ignored (ignore_unreachable). */
export function isAway(result: HostResult): boolean {
  return result.status === 'ignored' && result.result['unreachable'] === true
}

/** `path:line` of a task. */
export function place(task: { path?: string; line?: number } | undefined): string | undefined {
  return task?.path === undefined ? undefined : task.line === undefined ? task.path : `${task.path}:${task.line}`
}

function restOfMessage(result: HostResult): string[] {
  const first = readable(result.message ?? result.result['msg'] ?? '').split('\n')
  const rest = first.slice(1)
  const message = result.result['msg']
  // The short reason and the module's own message may differ: then both are told.
  if (result.message !== undefined && message !== undefined) {
    const text = readable(message)
    if (text !== '' && !readable(result.message).includes(text)) rest.push(...fields({ msg: message }))
  }
  return rest
}

function others(values: Record<string, unknown>, told: Record<string, unknown>, verbosity: number): Record<string, unknown> {
  const rest = Object.entries(values).filter(([name, value]) => {
    if (name in told || NOISE.has(name) || name.startsWith('_ansible')) return false
    if (verbosity < 2 && (TIMES.has(name) || value === '' || value === null)) return false
    // stdout_lines says what stdout says.
    return !(name.endsWith('_lines') && name.slice(0, -6) in values)
  })
  return Object.fromEntries(rest)
}

function commandLine(command: unknown): unknown {
  return Array.isArray(command) ? command.map(word).join(' ') : command
}

/** A word of a command as one would type it; for reading only, nothing runs it. */
function word(text: unknown): string {
  const shown = String(text)
  return /^[\w@%+=:,./-]+$/.test(shown) ? shown : JSON.stringify(shown)
}
