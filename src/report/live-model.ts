/** What a live view knows: the tasks that are going on, host by host. A fold over events, nothing is drawn here. */
import type { Event, HostResult } from '../events/index.ts'

type Of<K extends Event['event']> = Extract<Event, { event: K }>

/** A task on one host. */
export interface HostProgress {
  host: string
  started: number
  /** The loop item it is at, or the attempt. */
  note: string
  /** The last lines it said. */
  output: string[]
  result?: HostResult
  /** Items that failed: with them, the result itself says nothing more. */
  failedItems: { label: string; result: HostResult }[]
  /** Items with something to show: a diff, or what `debug` says. */
  items: { label: string; result: HostResult }[]
}

export interface TaskProgress {
  event: Of<'task'>
  started: number
  ended: number
  hosts: Map<string, HostProgress>
}

/** Lines of output kept for each host. */
export const TAIL = 5

export class LiveModel {
  /** Tasks with a host that works on them, in order. */
  readonly active = new Map<number, TaskProgress>()
  readonly #tasks = new Map<number, Of<'task'>>()
  readonly #finished: (task: TaskProgress) => void

  constructor(finished: (task: TaskProgress) => void) {
    this.#finished = finished
  }

  /** Takes the events of tasks; others do not matter. */
  take(event: Event): void {
    switch (event.event) {
      case 'task':
        // In a play whose hosts keep step, a new task means that the one before is over, whoever did not take part.
        for (const task of this.active.values()) if (isIdle(task)) this.#finish(task, event.time)
        this.#tasks.set(event.id, event)
        return
      case 'play':
      case 'end':
        for (const task of this.active.values()) this.#finish(task, event.time)
        return
      case 'start':
        this.#host(event.task, event.host, event.time)
        return
      case 'output':
        return this.#output(event)
      case 'retry':
        this.#host(event.task, event.host, event.time).note = `attempt ${event.attempt} failed, ${event.left} left`
        return
      case 'item':
        return this.#item(event)
      case 'result':
        return this.#result(event)
    }
  }

  task(id: number): Of<'task'> | undefined {
    return this.#tasks.get(id)
  }

  #host(id: number, host: string, time: number): HostProgress {
    const event = this.#tasks.get(id) ?? unknownTask(id, time)
    const task = this.active.get(id) ?? { event, started: time, ended: time, hosts: new Map() }
    this.active.set(id, task)
    const progress = task.hosts.get(host) ?? { host, started: time, note: '', output: [], failedItems: [], items: [] }
    task.hosts.set(host, progress)
    return progress
  }

  #output(event: Of<'output'>): void {
    const progress = this.#host(event.task, event.host, event.time)
    const lines = event.text.split(/\r?\n/).filter((line) => line.trim() !== '')
    progress.output = [...progress.output, ...lines].slice(-TAIL)
  }

  #item(event: Of<'item'>): void {
    const progress = this.#host(event.task, event.host, event.time)
    progress.note = event.label
    const entry = { label: event.label, result: event }
    if (['failed', 'unreachable', 'ignored'].includes(event.status)) progress.failedItems.push(entry)
    else progress.items.push(entry)
  }

  #result(event: Of<'result'>): void {
    const progress = this.#host(event.task, event.host, event.time)
    progress.result = event
    const task = this.active.get(event.task)
    if (task && isIdle(task) && task.event.hosts.every((host) => task.hosts.has(host))) this.#finish(task, event.time)
  }

  #finish(task: TaskProgress, time: number): void {
    this.active.delete(task.event.id)
    task.ended = time
    this.#finished(task)
  }
}

/** No host is working on it. */
function isIdle(task: TaskProgress): boolean {
  return task.hosts.size > 0 && [...task.hosts.values()].every((host) => host.result !== undefined)
}

function unknownTask(id: number, time: number): Of<'task'> {
  return { time, event: 'task', id, play: 0, name: `task ${id}`, module: '', action: '', tags: [], hosts: [] }
}
