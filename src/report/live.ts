/**
 * The live view: what is going on moves (listr2), what is over stays as lines above it: changes and failures, with what
 * is needed to act on them; tasks that were fine are folded.
 */
import { figures } from 'listr2'
import type { Event } from '../events/index.ts'
import { foldedLine, recapTable, taskLines, taskName, tells, verdict } from './live-lines.ts'
import type { LineOptions } from './live-lines.ts'
import { LiveModel } from './live-model.ts'
import type { TaskProgress } from './live-model.ts'
import { showRegion } from './live-region.ts'
import { place } from './details.ts'
import { roundTrips, statsLines, unknowns } from './recap.ts'
import type { EndEvent } from './recap.ts'
import { drained } from './report.ts'
import type { Report, ReportOptions } from './report.ts'
import { createStyle } from './style.ts'
import { clean, duration, fit, oneLine } from './text.ts'

/** What is over sooner is never drawn as moving. */
const QUIET = 80

/** The report of `--output live`, for a terminal. */
export function createLiveReport(options: ReportOptions): Report {
  const { verbosity, stream } = options
  const style = createStyle(options.color)
  const marks = {
    ok: figures.tick,
    failed: figures.cross,
    warning: figures.warning,
    skipped: figures.arrowDown,
    changed: figures.tick,
  }
  const lineOptions: LineOptions = { style, marks, verbosity, check: false, width: options.width ?? stream.columns ?? 80 }
  /** Lines that wait until nothing moves. */
  const waiting: string[] = []
  const folded: TaskProgress[] = []
  const failed: TaskProgress[] = []
  const play = { name: '', started: Date.now(), done: 0 }
  const state = { closed: false, suspended: false }
  let changed = signal()
  /** Resolves when the moving part has to be drawn anew. */
  let stop = signal()
  /** Resolves when the terminal is left alone. */
  let parked = signal()

  const fold = () => {
    if (folded.length > 0) waiting.push(foldedLine(folded, lineOptions))
    folded.length = 0
  }

  const print = (...lines: string[]) => {
    fold()
    waiting.push(...lines)
  }

  const model = new LiveModel((task) => {
    play.done += 1
    const kind = verdict(task)
    if (kind === 'failed') failed.push(task)
    if (kind === 'skipped' && verbosity === 0) return
    if (kind === 'ok' && !tells(task, verbosity) && !hasDiff(task)) folded.push(task)
    else print(...taskLines(task, lineOptions))
  })

  const end = (event: EndEvent) => {
    print('')
    if (event.interrupted) waiting.push(style.failed('Interrupted: what was running has ended, the rest was not begun'), '')
    if (event.message) waiting.push(style.failed(clean(event.message)), '')
    if (failed.length > 0) {
      waiting.push(style.failed(failed.length === 1 ? 'Failed:' : `Failed: ${failed.length} tasks`))
      waiting.push(...failed.map((task) => failedLine(task)), '')
    }
    const unknown = unknowns(event)
    if (unknown) waiting.push(style.unknown(unknown), '')
    if (verbosity > 0) waiting.push(roundTrips(event), '')
    waiting.push(...recapTable(event, lineOptions), style.dim(`in ${duration(event.ms)}`))
    const stats = statsLines(event.stats)
    if (stats.length > 0) waiting.push('', ...stats)
  }

  const emit = (event: Event): void => {
    const before = shape(model)
    model.take(event)
    if (event.event === 'run') {
      lineOptions.check = event.check
      if (event.check) print(style.changed('Check mode: nothing is changed'))
    } else if (event.event === 'play') {
      const batch = event.serial ? ` (batch ${event.serial.batch} of ${event.serial.of})` : ''
      Object.assign(play, { name: `${oneLine(event.name)}${batch}`, started: event.time, done: 0 })
      print('', style.bold(play.name), ...(event.hosts.length === 0 ? [style.skipped('no hosts matched')] : []))
    } else if (event.event === 'warning') {
      print(style.warning(`${marks.warning} ${clean(event.message)}${event.path ? ` (${place(event)})` : ''}`))
    } else if (event.event === 'rescue') {
      print(style.changed(`  rescuing [${event.host}]: ${oneLine(event.name)}`))
    } else if (event.event === 'prompt') {
      print(style.bold(clean(event.message)))
    } else if (event.event === 'end') {
      end(event)
    } else if (shape(model) === before) {
      return
    }
    stop.give()
    changed.give()
  }

  const flush = () => {
    if (waiting.length > 0) stream.write(`${waiting.splice(0).join('\n')}\n`)
  }

  const title = () => {
    const rest = `${play.done} task${play.done === 1 ? '' : 's'} done  ${duration(Date.now() - play.started)}`
    return `${fit(play.name || 'run', (stream.columns ?? lineOptions.width) - rest.length - 5)}  ${style.dim(rest)}`
  }

  /** Prints what is over and draws what goes on, in turns, until the report is closed. */
  const drive = async () => {
    while (!state.closed || waiting.length > 0) {
      flush()
      if (state.suspended || model.active.size === 0) {
        if (state.suspended) parked.give()
        if (!state.closed) await changed.given
      } else if (!isFresh(model) || (await lasts(QUIET, changed.given))) {
        stop = signal()
        await showRegion(title, [...model.active.values()], stop.given, stream as NodeJS.WriteStream)
      }
      if (changed.isGiven()) changed = signal()
    }
  }
  const driving = drive()

  const wake = () => {
    stop.give()
    changed.give()
  }

  return {
    emit,
    close: async () => {
      fold()
      state.closed = true
      wake()
      await driving
      await drained(stream)
    },
    suspend: async () => {
      fold()
      state.suspended = true
      parked = signal()
      wake()
      await parked.given
    },
    resume: () => {
      state.suspended = false
      wake()
    },
  }

  function failedLine(task: TaskProgress): string {
    const hosts = [...task.hosts.values()].filter(
      (host) => host.result && ['failed', 'unreachable'].includes(host.result.status),
    )
    const where = place(task.event)
    return `  ${taskName(task.event)} on ${hosts.map((host) => host.host).join(', ')}${where ? style.dim(` at ${where}`) : ''}`
  }
}

/** Which tasks and hosts are shown: when it changes, the moving part is drawn anew. */
function shape(model: LiveModel): string {
  return [...model.active.values()].map((task) => `${task.event.id}:${task.hosts.size}`).join()
}

/** Nothing has been going on for long. */
function isFresh(model: LiveModel): boolean {
  return [...model.active.values()].every((task) => Date.now() - task.started < QUIET)
}

function hasDiff(task: TaskProgress): boolean {
  return [...task.hosts.values()].some((host) =>
    [host.result, ...host.items.map((item) => item.result)].some((result) => result?.changes.some((change) => change.diff)),
  )
}

interface Signal {
  given: Promise<void>
  give(): void
  isGiven(): boolean
}

function signal(): Signal {
  let resolve = () => {}
  let done = false
  const given = new Promise<void>((accept) => (resolve = accept))
  return {
    given,
    give() {
      done = true
      resolve()
    },
    isGiven: () => done,
  }
}

/** True when nothing happens for so long. */
async function lasts(ms: number, event: Promise<void>): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const timeout = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(true), ms)))
  const result = await Promise.race([timeout, event.then(() => false)])
  clearTimeout(timer)
  return result
}
