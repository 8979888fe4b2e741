/** The one place where events are made: each gets its time, and is masked before anything can see it. */
import type { Event, Sink } from './event.ts'
import type { Secrets } from './secrets.ts'

type WithoutTime<E> = E extends unknown ? Omit<E, 'time'> : never
/** An event as the engine writes it. */
export type Unstamped = WithoutTime<Event>
export type Emit = (event: Unstamped) => void

/** What identifies a thing, or is a measure of the run: never secret, and views rely on it. */
const STRUCTURE = new Set(['event', 'status', 'stream', 'host', 'delegate', 'hosts', 'module', 'version', 'tags', 'serial'])

/** An unfinished line of output is held back up to this length. */
const LONGEST_LINE = 1 << 20

/** Gives every event to all sinks. Live output is passed on in whole lines, so that no secret is cut in two and missed. */
export function createEmitter(sinks: Sink[], secrets: Secrets): Emit {
  const held = new Map<string, Extract<Unstamped, { event: 'output' }>>()

  const send = (event: Unstamped) => {
    const masked = { time: Date.now(), ...maskEvent(event, secrets) } as Event
    for (const sink of sinks) sink.emit(masked)
  }

  const output = (event: Extract<Unstamped, { event: 'output' }>) => {
    const key = JSON.stringify([event.task, event.host, event.stream])
    const text = (held.get(key)?.text ?? '') + event.text
    const cut = text.length > LONGEST_LINE ? text.length : Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r')) + 1
    if (cut > 0) send({ ...event, text: text.slice(0, cut) })
    if (cut < text.length) held.set(key, { ...event, text: text.slice(cut) })
    else held.delete(key)
  }

  const flush = (concerns: (event: Extract<Unstamped, { event: 'output' }>) => boolean) => {
    for (const [key, event] of held) {
      if (!concerns(event)) continue
      held.delete(key)
      send(event)
    }
  }

  return (event) => {
    if (event.event === 'output') return output(event)
    if (event.event === 'result' || event.event === 'item' || event.event === 'retry') {
      flush((rest) => rest.task === event.task && rest.host === event.host)
    }
    if (event.event === 'end') flush(() => true)
    send(event)
  }
}

function maskEvent(event: Unstamped, secrets: Secrets): Unstamped {
  const masked = Object.entries(event).map(([key, value]) => {
    const structure = STRUCTURE.has(key) || (typeof value === 'number' && key !== 'item')
    return [key, structure ? value : secrets.maskDeep(value)]
  })
  return Object.fromEntries(masked) as unknown as Unstamped
}
