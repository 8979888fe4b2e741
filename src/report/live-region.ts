/** The moving part of a live view: listr2 shows play, tasks and hosts while they are at work, then it is wiped. */
import { Listr, ListrLogger, ProcessOutput } from 'listr2'
import type { ListrTask } from 'listr2'
import type { HostProgress, TaskProgress } from './live-model.ts'
import { TAIL } from './live-model.ts'
import { taskName } from './live-lines.ts'
import { duration, fit, oneLine } from './text.ts'

/** Hosts shown for each task; of the others only the number. */
const HOSTS = 12
const REFRESH = 250

/** What fits: a moving part that is higher than the terminal can't be wiped again. */
interface Space {
  tasks: number
  hosts: number
  /** Lines of output for each host. */
  tail: number
  columns: number
}

export function spaceFor(tasks: number, hosts: number, rows: number, columns: number): Space {
  // The play's line, and the line on which the cursor stands.
  const lines = Math.max(4, rows - 2)
  const shown = tasks * 3 <= lines ? tasks : Math.max(1, Math.floor((lines - 1) / 3))
  const each = Math.floor((lines - (shown < tasks ? 1 : 0)) / shown) - 1
  const room = Math.max(1, hosts > Math.min(HOSTS, each) ? Math.min(HOSTS, each - 1) : hosts)
  const left = each - room - (hosts > room ? 1 : 0)
  return { tasks: shown, hosts: room, tail: Math.max(0, Math.min(TAIL, Math.floor(left / room))), columns }
}

interface Updates {
  every: (() => void)[]
}
interface Titled {
  title: string
  output: string
}

/**
 * Shows the tasks until `stopped` resolves. listr2 takes no new tasks while it runs, so the caller opens a region for each
 * set of tasks; within it hosts come to an end one by one.
 */
export async function showRegion(
  title: () => string,
  tasks: TaskProgress[],
  stopped: Promise<void>,
  stream: NodeJS.WriteStream,
): Promise<void> {
  const updates: Updates = { every: [] }
  const timer = setInterval(() => updates.every.forEach((update) => update()), REFRESH)
  const most = Math.max(1, ...tasks.map((task) => [...task.hosts.values()].filter((host) => !host.result).length))
  const space = spaceFor(tasks.length, most, stream.rows ?? 24, stream.columns ?? 80)
  const nested = { concurrent: true, exitOnError: false, rendererOptions: { collapseSubtasks: false } } as const
  const play: ListrTask = {
    title: title(),
    task: (_context, self) => {
      updates.every.push(() => void (self.title = title()))
      const entries = tasks.slice(0, space.tasks).map((task) => taskEntry(task, stopped, updates, space))
      const more = tasks.length - entries.length
      if (more > 0) entries.push({ title: `and ${more} more task${more > 1 ? 's' : ''}`, task: () => stopped })
      return self.newListr(entries, nested)
    },
  }
  const logger = new ListrLogger({
    processOutput: new ProcessOutput(stream, undefined, { leaveEmptyLine: false }),
    useIcons: true,
    toStderr: [],
  })
  const listr = new Listr([play], {
    ...nested,
    renderer: 'default',
    registerSignalListeners: false,
    rendererOptions: {
      clearOutput: true,
      collapseSubtasks: false,
      collapseErrors: false,
      showErrorMessage: false,
      formatOutput: 'truncate',
      logger,
    },
  })
  try {
    await listr.run()
  } finally {
    clearInterval(timer)
  }
}

function taskEntry(task: TaskProgress, stopped: Promise<void>, updates: Updates, space: Space): ListrTask {
  const title = () => {
    const all = task.event.hosts.length
    const done = [...task.hosts.values()].filter((host) => host.result).length
    const rest = `${all > 1 ? ` ${done}/${all}` : ''} ${duration(Date.now() - task.started)}`
    return `${fit(taskName(task.event), space.columns - rest.length - 8)}${rest}`
  }
  return {
    title: title(),
    task: (_context, self) => {
      updates.every.push(() => void (self.title = title()))
      const hosts = [...task.hosts.values()]
      const busy = hosts.filter((host) => !host.result)
      const shown = busy.slice(0, space.hosts)
      const entries = shown.map((host) => hostEntry(host, stopped, updates, space.tail))
      const more = busy.length - shown.length
      if (more > 0) entries.push({ title: `and ${more} more`, task: () => stopped })
      return self.newListr(entries, { concurrent: true, exitOnError: false })
    },
  }
}

function hostEntry(host: HostProgress, stopped: Promise<void>, updates: Updates, tail: number): ListrTask {
  const title = () => {
    if (host.result) return `${host.host} ${host.result.status} ${duration(host.result.ms)}`
    return `${host.host} ${duration(Date.now() - host.started)}${host.note ? ` ${oneLine(host.note)}` : ''}`
  }
  return {
    title: title(),
    ...(tail > 0 ? { rendererOptions: { outputBar: tail } } : {}),
    task: async (_context, self) => {
      let shown: string[] = []
      await new Promise<void>((resolve, reject) => {
        const update = () => {
          show(self, title(), tail > 0 ? newLines(shown, host.output) : [])
          shown = host.output
          if (host.result?.status === 'failed' || host.result?.status === 'unreachable') reject(new Error(title()))
          else if (host.result) resolve()
        }
        updates.every.push(update)
        update()
        void stopped.then(() => resolve())
      })
    },
  }
}

function show(entry: Titled, title: string, lines: string[]): void {
  if (entry.title !== title) entry.title = title
  for (const line of lines) entry.output = oneLine(line)
}

/** Of the last lines those that were not there before. */
function newLines(before: string[], now: string[]): string[] {
  if (before === now) return []
  for (let kept = Math.min(before.length, now.length); kept > 0; kept -= 1) {
    const start = before.length - kept
    if (before.slice(start).every((line, index) => line === now[index])) return now.slice(kept)
  }
  return now
}
