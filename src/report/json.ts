/** NDJSON: every event as one line; the last is the `end` event with the counts of each host. */
import type { Report, ReportOptions } from './report.ts'
import { drained } from './report.ts'

/** The report of `--output json`. */
export function createJsonReport(options: ReportOptions): Report {
  return {
    emit: (event) => void options.stream.write(`${jsonLine(event)}\n`),
    close: () => drained(options.stream),
    suspend: async () => {},
    resume: () => {},
  }
}

/** One line of JSON of any value; bytes as base64, and what JSON has no form for as text. */
export function jsonLine(value: unknown): string {
  const open: object[] = []
  return JSON.stringify(value, function (this: object, key) {
    // Not the second argument: that is what `toJSON` made of it.
    const item = (this as Record<string, unknown>)[key]
    if (typeof item === 'bigint' || typeof item === 'symbol') return String(item)
    if (typeof item === 'number' && !Number.isFinite(item)) return String(item)
    if (typeof item !== 'object' || item === null) return item
    if (item instanceof Uint8Array) return Buffer.from(item).toString('base64')
    if (item instanceof Date) return Number.isNaN(item.getTime()) ? null : item.toISOString()
    if (item instanceof Map) return Object.fromEntries(item)
    if (item instanceof Set) return [...item]
    // `this` holds the item: what is above it in the stack is finished.
    while (open.length > 0 && open.at(-1) !== this) open.pop()
    if (open.includes(item)) return '[circular]'
    open.push(item)
    return item
  })
}
