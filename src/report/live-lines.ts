/** What stays on the screen of a live view: a line per task that is worth it, failures in full. */
import type { Event, HostResult } from '../events/index.ts'
import { diffs, failureDetails, hostLabel, isAway, place, reason, resultDetails, summaries } from './details.ts'
import type { HostProgress, TaskProgress } from './live-model.ts'
import { COUNTS } from './recap.ts'
import type { EndEvent } from './recap.ts'
import { styleOf } from './style.ts'
import type { Style } from './style.ts'
import { duration, indent, oneLine } from './text.ts'

export interface Marks {
  ok: string
  failed: string
  warning: string
  skipped: string
  changed: string
}
export interface LineOptions {
  style: Style
  marks: Marks
  verbosity: number
  check: boolean
  width: number
}

/** The kind of line a task gets: its most serious result. */
export type Verdict = 'ok' | 'changed' | 'unknown' | 'skipped' | 'failed' | 'ignored'

export function verdict(task: TaskProgress): Verdict {
  const kinds = new Set([...task.hosts.values()].map((host) => kindOf(host.result)))
  for (const kind of ['failed', 'ignored', 'unknown', 'changed', 'ok'] as const) if (kinds.has(kind)) return kind
  return 'skipped'
}

/** Does the task have something to tell although nothing changed: what `debug` says, or values at -v. */
export function tells(task: TaskProgress, verbosity: number): boolean {
  return verbosity > 0 || (task.event.module === 'debug' && verdict(task) === 'ok')
}

/** The task's line and what belongs below it. */
export function taskLines(task: TaskProgress, options: LineOptions): string[] {
  const { style, marks } = options
  const kind = verdict(task)
  const mark = {
    ok: style.ok(marks.ok),
    changed: style.changed(marks.changed),
    unknown: style.unknown('?'),
    skipped: style.skipped(marks.skipped),
    failed: style.failed(marks.failed),
    ignored: style.warning(marks.warning),
  }[kind]
  const title = `${task.event.handler ? 'handler: ' : ''}${taskName(task.event)}`
  const time = style.dim(duration(task.ended - task.started))
  return [
    `${mark} ${title}  ${hostSummary(task, style)}  ${time}`,
    ...[...task.hosts.values()].flatMap((host) => hostLines(task, host, options)),
  ]
}

/** Several tasks that found everything as it should be, as one line. */
export function foldedLine(tasks: TaskProgress[], { style, marks }: LineOptions): string {
  const first = tasks[0]
  const last = tasks.at(-1)
  if (!first || !last) return ''
  const names =
    tasks.length === 1
      ? taskName(first.event)
      : `${tasks.length} tasks ok: ${taskName(first.event)} ... ${taskName(last.event)}`
  return `${style.ok(marks.ok)} ${names}  ${style.dim(duration(last.ended - first.started))}`
}

export function taskName(event: Extract<Event, { event: 'task' }>): string {
  return oneLine(event.name || event.action || event.module)
}

/** The recap as a table; columns that are 0 everywhere are left out. On a narrow terminal a line per host. */
export function recapTable(end: EndEvent, { style, width }: LineOptions): string[] {
  const hosts = Object.entries(end.hosts).sort(([a], [b]) => (a < b ? -1 : 1))
  if (hosts.length === 0) return [style.dim('no host took part')]
  const always = new Set<string>(['ok', 'changed', 'failed'])
  const columns = [...COUNTS, 'unknown' as const].filter(
    (name) => always.has(name) || hosts.some(([, recap]) => recap[name] > 0),
  )
  const first = Math.max(4, ...hosts.map(([host]) => host.length))
  const paint = (name: (typeof columns)[number], text: string, count: number) =>
    count === 0 ? style.dim(text) : style[name === 'rescued' ? 'ok' : name === 'ignored' ? 'warning' : name](text)
  if (first + columns.reduce((sum, name) => sum + name.length + 2, 0) > width) {
    return hosts.map(([host, recap]) => {
      const counts = columns.filter((name) => recap[name] > 0).map((name) => paint(name, `${recap[name]} ${name}`, recap[name]))
      return `${host}: ${counts.join(', ') || 'nothing to do'}`
    })
  }
  const header = `${' '.repeat(first)}${columns.map((name) => `  ${name}`).join('')}`
  const rows = hosts.map(([host, recap]) => {
    const name = recap.failed + recap.unreachable > 0 ? style.failed(host) : host
    const cells = columns.map((name) => `  ${paint(name, String(recap[name]).padStart(name.length), recap[name])}`)
    return `${name}${' '.repeat(first - host.length)}${cells.join('')}`
  })
  return [style.dim(header), ...rows]
}

function kindOf(result: HostResult | undefined): Verdict {
  if (result === undefined) return 'skipped'
  if (result.status === 'unreachable') return 'failed'
  if (result.unknown !== undefined) return 'unknown'
  return result.status
}

/** `changed: node1, node2; ok: 3 hosts`. */
function hostSummary(task: TaskProgress, style: Style): string {
  const groups = new Map<string, string[]>()
  for (const host of task.hosts.values()) {
    if (!host.result) continue
    const name = host.result.unknown !== undefined ? 'unknown' : host.result.status
    groups.set(name, [...(groups.get(name) ?? []), host.host])
  }
  const order = ['failed', 'unreachable', 'ignored', 'unknown', 'changed', 'ok', 'skipped']
  const shown = [...groups]
    .sort(([a], [b]) => order.indexOf(a) - order.indexOf(b))
    .map(([name, hosts]) => {
      const list = hosts.length <= 3 ? hosts.join(', ') : `${hosts.length} hosts`
      return style[styleOf({ status: name === 'unknown' ? 'changed' : name, ...(name === 'unknown' ? { unknown: '' } : {}) })](
        `${name}: ${list}`,
      )
    })
  return shown.join('; ')
}

function hostLines(task: TaskProgress, host: HostProgress, options: LineOptions): string[] {
  const { result } = host
  if (!result) return []
  const failed = host.failedItems.flatMap(({ label, result }) => failureLines(task, result, options, label))
  const shown = host.items.flatMap(({ label, result }) => goodLines(task, result, options, label))
  if (result.status === 'failed' || result.status === 'unreachable' || result.status === 'ignored') {
    return [...shown, ...(failed.length > 0 ? failed : failureLines(task, result, options))]
  }
  return [...failed, ...(host.items.length > 0 ? shown : goodLines(task, result, options))]
}

function goodLines(task: TaskProgress, result: HostResult, options: LineOptions, label?: string): string[] {
  const { style, verbosity } = options
  const head = `    ${hostLabel(result)}${label === undefined ? '' : ` (item=${oneLine(label)})`}`
  const changes = options.check || verbosity > 0 ? summaries(result) : []
  const told = task.event.module === 'debug' || verbosity > 0 ? resultDetails(result, verbosity) : []
  const difference = diffs(result, style)
  const lines = [...changes.map((line) => `    ${line}`), ...told.map((line) => `      ${line}`)]
  if (result.unknown !== undefined) lines.unshift(style.unknown(`      ${oneLine(result.unknown)}`))
  else if (result.status === 'skipped' && verbosity > 0 && reason(result)) lines.unshift(`      ${reason(result)}`)
  return lines.length + difference.length === 0 ? [] : [head, ...lines, ...difference]
}

function failureLines(task: TaskProgress, result: HostResult, options: LineOptions, label?: string): string[] {
  const { style } = options
  const paint = result.status === 'ignored' ? style.warning : style.failed
  const item = label === undefined ? '' : ` (item=${oneLine(label)})`
  const head = paint(
    `    ${hostLabel(result)}${item} ${result.status === 'unreachable' || isAway(result) ? 'UNREACHABLE: ' : ''}${reason(result)}`,
  )
  const details = failureDetails(result, options.verbosity).map((line) => indent(line, 6))
  const where = place(task.event)
  return [head, ...details, ...(where && result.status !== 'ignored' ? [style.dim(`      at ${where}`)] : [])]
}
