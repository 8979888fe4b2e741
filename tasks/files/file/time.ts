/** The `modification_time` and `access_time` arguments: preserve, now, or a time as the host's clock shows it. */
import { probe } from '../../../src/module/index.ts'
import type { Facts, Probe } from '../../../src/module/index.ts'
import { needAll } from '../../lib/known.ts'

/** Undefined: leave it. */
export type Time = number | 'now' | undefined

const FIELDS: Record<string, string> = { Y: '\\d{4}', m: '\\d{1,2}', d: '\\d{1,2}', H: '\\d{1,2}', M: '\\d{1,2}', S: '\\d{1,2}' }

/** 'YYYY-MM-DD HH:MM:SS' from a text in the given strptime format; undefined when it does not match. */
export function readTime(text: string, format: string): string | undefined {
  const names: string[] = []
  const pattern = format.replace(/%(.)|[^%]/g, (part: string, letter?: string) => {
    if (letter === undefined || letter === '%') return (letter ?? part).replace(/[.*+?^${}()|[\]\\]/, '\\$&')
    names.push(letter)
    return `(${FIELDS[letter] ?? '[^]'})`
  })
  const match = new RegExp(`^${pattern}$`).exec(text)
  if (!match || names.some((name) => !(name in FIELDS))) return undefined
  const field = (name: string, otherwise: string) => (match[names.indexOf(name) + 1] ?? otherwise).padStart(2, '0')
  const part = (name: string, otherwise: string) => (names.includes(name) ? field(name, otherwise) : otherwise)
  return `${part('Y', '1900')}-${part('m', '01')}-${part('d', '01')} ${part('H', '00')}:${part('M', '00')}:${part('S', '00')}`
}

/** The host converts, because it is its local time. */
function clockProbe(time: string): Probe<'command'> {
  return probe.command({ argv: ['date', '-d', time, '+%s'] })
}

export function timeProbes(text: string | undefined, format: string): Probe[] {
  const time = text === undefined || text === 'preserve' || text === 'now' ? undefined : readTime(text, format)
  return time === undefined ? [] : [clockProbe(time)]
}

export function timeOf(text: string | undefined, format: string, facts: Facts): Time {
  if (text === undefined || text === 'preserve') return undefined
  if (text === 'now') return 'now'
  const asked = timeProbes(text, format) as Probe<'command'>[]
  needAll(facts, asked)
  const seconds = Number(facts.need(asked[0]!).stdout.trim())
  return Number.isFinite(seconds) ? seconds : undefined
}
