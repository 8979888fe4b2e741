/** The plain log: Ansible's look, but with reasons, commands and their output as text. */
import { setTimeout as startTimer, clearTimeout as stopTimer } from 'node:timers'
import type { Event, HostResult } from '../events/index.ts'
import { diffs, failureDetails, hostLabel, isAway, place, reason, resultDetails, summaries } from './details.ts'
import { recapLine, roundTrips, statsLines, unknowns } from './recap.ts'
import type { EndEvent } from './recap.ts'
import { drained } from './report.ts'
import type { Report, ReportOptions } from './report.ts'
import { createStyle, styleOf } from './style.ts'
import { clean, indent, oneLine, readable } from './text.ts'

type Of<K extends Event['event']> = Extract<Event, { event: K }>

/** A task that takes longer than this shows its name before it has a result. */
const PATIENCE = 1000

/** The report of `--output plain`. */
export function createPlainReport(options: ReportOptions): Report {
  const { verbosity, stream } = options
  const style = createStyle(options.color)
  const tasks = new Map<number, Of<'task'>>()
  /** Loop items shown, by task and host. */
  const items = new Map<string, { failed: boolean }>()
  /** Hosts at work, by task. */
  const working = new Map<number, number>()
  const state = { check: false, banner: -1, closed: false, bare: false }
  /** Shows the name of a task that takes its time. */
  let patience: { task: number; timer: ReturnType<typeof startTimer> } | undefined

  const print = (...lines: string[]) => {
    if (!state.closed && lines.length > 0) stream.write(`${lines.join('\n')}\n`)
  }

  const banner = (text: string) => {
    const width = Math.max(79, (options.width ?? stream.columns ?? 80) - 1)
    print('', `${text} ${'*'.repeat(Math.max(3, width - text.length))}`)
  }

  /** The task's own banner, once; again when another task came between (strategy free). */
  const taskBanner = (id: number) => {
    impatient()
    const task = tasks.get(id)
    if (state.banner === id || !task) return
    state.banner = id
    state.bare = false
    const mark = state.check ? ' [CHECK MODE]' : ''
    banner(`${task.handler ? 'RUNNING HANDLER' : 'TASK'} [${oneLine(task.name || task.action || task.module)}]${mark}`)
    if (verbosity >= 2 && task.path) print(style.dim(`task path: ${place(task)}`))
  }

  const impatient = () => {
    if (patience) stopTimer(patience.timer)
    patience = undefined
  }

  const starts = (id: number) => {
    working.set(id, (working.get(id) ?? 0) + 1)
    if (state.banner === id || patience) return
    const show = () => {
      taskBanner(id)
      state.bare = true
    }
    patience = { task: id, timer: startTimer(show, PATIENCE) }
    patience.timer.unref()
  }

  /** The task is over on a host; after the last one its name is not waited for. */
  const ends = (id: number) => {
    const left = (working.get(id) ?? 1) - 1
    if (left > 0) return void working.set(id, left)
    working.delete(id)
    if (patience?.task === id) impatient()
  }

  const failure = (task: number, result: HostResult) => {
    const lines = failureDetails(result, verbosity)
    const where = place(tasks.get(task))
    if (lines.length > 0) print(style.failed(indent(lines.map((line) => line.trimEnd()).join('\n'), 4)))
    if (where && verbosity < 2 && result.status !== 'ignored') print(`    at ${where}`)
  }

  /** A status line with what belongs to it. `label`: of a loop item. */
  const line = (task: number, result: HostResult, label?: string) => {
    const { status } = result
    // A name that stands there alone wants its line.
    if (status === 'skipped' && verbosity === 0 && !(state.bare && state.banner === task)) return
    taskBanner(task)
    state.bare = false
    const host = hostLabel(result)
    const item = label === undefined ? '' : ` (item=${oneLine(label)})`
    const paint = style[styleOf(result)]
    print(...diffs(result, style))

    const away = status === 'unreachable' || isAway(result)
    if ((status === 'failed' || status === 'ignored') && !away) {
      const head = label === undefined ? `fatal: ${host}: FAILED!` : `failed: ${host}${item}`
      print(style.failed(`${head} => ${reason(result)}`.trimEnd()))
      return failure(task, result)
    }
    if (away) {
      print(style.unreachable(`fatal: ${host}: UNREACHABLE!${item} => ${reason(result)}`.trimEnd()))
      return failure(task, result)
    }
    if (status === 'skipped') return print(paint(`skipping: ${host}${item ? ` =>${item}` : ''}${why(result)}`))
    if (result.unknown !== undefined) print(paint(`unknown: ${host}${item ? ` =>${item}` : ''} => ${oneLine(result.unknown)}`))
    else okLine(tasks.get(task), result, `${status}: ${host}${item ? ` =>${item}` : ''}`)
    if (state.check || verbosity > 0) print(...summaries(result))
  }

  const why = (result: HostResult) => (reason(result) === '' ? '' : ` => ${reason(result)}`)

  /** ok or changed; with its values at -v, and always for modules whose whole point is to tell something. */
  const okLine = (task: Of<'task'> | undefined, result: HostResult, head: string) => {
    const paint = style[styleOf(result)]
    const tells = task !== undefined && TELLING.has(task.module)
    const told = tells || verbosity > 0 ? resultDetails(result, verbosity) : []
    if (told.length === 0) return print(paint(head))
    print(paint(`${head} =>`), paint(indent(told.join('\n'), 4)))
  }

  const itemResult = (event: Of<'item'>) => {
    const key = `${event.task} ${event.host}`
    const seen = items.get(key) ?? { failed: false }
    seen.failed ||= ['failed', 'unreachable', 'ignored'].includes(event.status)
    items.set(key, seen)
    line(event.task, event, event.label)
  }

  const result = (event: Of<'result'>) => {
    ends(event.task)
    const key = `${event.task} ${event.host}`
    const shown = items.get(key)
    items.delete(key)
    const told = shown !== undefined && (event.status === 'ok' || event.status === 'changed' || shown.failed)
    if (!told) line(event.task, event)
    if (event.status === 'ignored') {
      taskBanner(event.task)
      print(style.skipped('...ignoring'))
    }
  }

  const play = (event: Of<'play'>) => {
    const batch = event.serial ? ` (batch ${event.serial.batch} of ${event.serial.of})` : ''
    banner(`PLAY [${oneLine(event.name)}]${batch}${state.check ? ' [CHECK MODE]' : ''}`)
    if (event.hosts.length === 0) print(style.skipped('skipping: no hosts matched'))
  }

  const end = (event: EndEvent) => {
    if (event.interrupted) print('', style.failed('INTERRUPTED: what was running has ended, the rest was not begun'))
    if (event.message) print('', style.failed(`ERROR! ${clean(event.message)}`))
    const unknown = unknowns(event)
    if (verbosity > 0) print('', roundTrips(event))
    if (unknown) print('', style.unknown(unknown))
    banner('PLAY RECAP')
    for (const [host, recap] of Object.entries(event.hosts).sort(([a], [b]) => (a < b ? -1 : 1)))
      print(recapLine(host, recap, style))
    const stats = statsLines(event.stats)
    print('', ...stats)
  }

  const warning = (event: Of<'warning'>) => {
    const at =
      event.path === undefined
        ? ''
        : ` (${[event.path, event.line, event.column].filter((part) => part !== undefined).join(':')})`
    print(style.warning(`[WARNING]: ${clean(event.message)}${at}`))
  }

  const retry = (event: Of<'retry'>) => {
    taskBanner(event.task)
    const name = oneLine(tasks.get(event.task)?.name ?? '')
    print(style.skipped(`FAILED - RETRYING: [${event.host}]: ${name} (${event.left} retries left).`))
    if (verbosity > 0 && event.message) print(style.skipped(indent(readable(event.message), 4)))
  }

  const emit = (event: Event): void => {
    switch (event.event) {
      case 'run':
        state.check = event.check
        if (verbosity >= 1) print(`aarun ${event.version}: ${event.playbooks.join(', ')}`)
        if (event.check) banner('CHECK MODE: nothing is changed')
        return
      case 'play':
        return play(event)
      case 'task':
        tasks.set(event.id, event)
        return
      case 'start':
        return starts(event.task)
      case 'output':
        if (verbosity < 1) return
        taskBanner(event.task)
        return print(style.dim(clean(event.text).trimEnd().replace(/^/gm, `  ${event.host} | `)))
      case 'item':
        return itemResult(event)
      case 'result':
        return result(event)
      case 'retry':
        return retry(event)
      case 'rescue':
        if (verbosity > 0) print(style.changed(`rescuing: [${event.host}]: ${oneLine(event.name)}`))
        return
      case 'warning':
        return warning(event)
      case 'prompt':
        return print(style.bold(clean(event.message)))
      case 'end':
        return end(event)
    }
  }

  return {
    emit,
    close: async () => {
      impatient()
      state.closed = true
      await drained(stream)
    },
    suspend: async () => {},
    resume: () => {},
  }
}

/** Modules whose result is what the user wants to read. */
const TELLING = new Set(['debug', 'assert'])
