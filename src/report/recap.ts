/** The recap: Ansible's lines, and what comes beside them. */
import type { Event, Recap } from '../events/index.ts'
import type { Style } from './style.ts'
import { duration, fields, indent, oneLine, readable } from './text.ts'

export type EndEvent = Extract<Event, { event: 'end' }>

/** The counts of Ansible's recap, in its order. */
export const COUNTS = ['ok', 'changed', 'unreachable', 'failed', 'skipped', 'rescued', 'ignored'] as const

/** `node1 : ok=5 changed=0 …`, padded exactly as Ansible pads it. */
export function recapLine(host: string, recap: Recap, style: Style): string {
  const paint = recap.failed > 0 || recap.unreachable > 0 ? style.failed : recap.changed > 0 ? style.changed : style.ok
  const paints: Partial<Record<(typeof COUNTS)[number], keyof Style>> = { rescued: 'ok', ignored: 'warning' }
  const counts = COUNTS.map((name) => {
    const text = `${name}=${String(recap[name]).padEnd(4)}`
    return recap[name] > 0 ? style[paints[name] ?? (name as keyof Style)](text) : text
  })
  const padding = ' '.repeat(Math.max(0, 26 - host.length))
  return `${paint(host)}${padding} : ${counts.join(' ')}`
}

/** Round trips of each host, for -v. */
export function roundTrips(end: EndEvent): string {
  const hosts = Object.entries(end.hosts).map(([host, recap]) => `${host}=${recap.round_trips}`)
  return `round trips: ${[...hosts, `total=${end.round_trips}`].join(' ')} in ${duration(end.ms)}`
}

/** Hosts with results that check mode could not tell. */
export function unknowns(end: EndEvent): string | undefined {
  const hosts = Object.entries(end.hosts).filter(([, recap]) => recap.unknown > 0)
  if (hosts.length === 0) return undefined
  return `unknown until it runs: ${hosts.map(([host, recap]) => `${host}=${recap.unknown}`).join(' ')} (counted as changed)`
}

/** What the playbook wants the user to know at the end (set_stats): text as it is, other values as YAML. */
export function statsLines(stats: Record<string, unknown> | undefined): string[] {
  return Object.entries(stats ?? {}).flatMap(([key, value]) => {
    if (typeof value === 'string') return [`${oneLine(key)}:`, ...indent(readable(value), 2).split('\n')]
    return fields({ [key]: value })
  })
}
