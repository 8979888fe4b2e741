/** Text and values as a person reads them. */
import { stripVTControlCharacters } from 'node:util'
import { stringify } from 'yaml'

/** What a host says can't steer the terminal: no escape sequences, no control characters; of overwritten lines the last. */
export function clean(text: string): string {
  const lines = stripVTControlCharacters(text).split('\n')
  const shown = lines.map((line) =>
    line.includes('\r') ? (line.split('\r').findLast((part) => part.trim() !== '') ?? '') : line,
  )
  return shown.join('\n').replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '')
}

/** One line of it, for titles and labels. */
export function oneLine(text: string): string {
  return clean(text).replace(/\s+/g, ' ').trim()
}

/** Text cut to this many columns. */
export function fit(text: string, columns: number): string {
  let used = 0
  let end = 0
  for (const character of text) {
    used += WIDE.test(character) ? 2 : 1
    if (used > columns) return `${text.slice(0, end).trimEnd()}…`
    if (used < columns) end += character.length
  }
  return text
}

/** Characters that take two columns. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u

/** Each line that has text moved to the right. */
export function indent(text: string, by: number): string {
  return text.replace(/^(?=.*\S)/gm, ' '.repeat(by))
}

/** A value as YAML, several lines of text as they are. */
export function readable(value: unknown): string {
  if (typeof value === 'string') return clean(value).trimEnd()
  if (typeof value !== 'object' || value === null) return String(value)
  const options = { lineWidth: 0, aliasDuplicateObjects: false, blockQuote: 'literal', indentSeq: true } as const
  return stringify(plain(value), options).trimEnd()
}

/** Named values, each as `name: value` or with its text below the name. */
export function fields(values: Record<string, unknown>): string[] {
  return Object.entries(values).flatMap(([name, value]) => {
    const text = readable(value)
    if (text === '' || (typeof value === 'object' && value !== null && Object.keys(value).length === 0)) {
      return [`${oneLine(name)}: ${text === '' ? '""' : text}`]
    }
    const below = text.includes('\n') || (typeof value === 'object' && value !== null)
    return below ? [`${oneLine(name)}:`, ...indent(text, 2).split('\n')] : [`${oneLine(name)}: ${text}`]
  })
}

/** Milliseconds as 0.4s, 12s or 3m05s. */
export function duration(ms: number): string {
  if (ms < 9950) return `${(ms / 1000).toFixed(1)}s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds}s`
  const minutes = Math.floor(seconds / 60)
  const rest = (value: number) => String(value).padStart(2, '0')
  return minutes < 60 ? `${minutes}m${rest(seconds % 60)}s` : `${Math.floor(minutes / 60)}h${rest(minutes % 60)}m`
}

/** Plain data of anything, for the YAML printer: trimmed lines, so that it can use block style. */
function plain(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return clean(value).replace(/[ \t]+$/gm, '')
  if (value instanceof Uint8Array) return `${value.length} bytes`
  if (value instanceof Date || typeof value === 'bigint') return String(value)
  if (typeof value === 'symbol' || typeof value === 'function') return String(value)
  if (typeof value !== 'object' || value === null) return value
  if (depth > 20) return '...'
  if (Array.isArray(value)) return value.map((item) => plain(item, depth + 1))
  if (value instanceof Map) return plain(Object.fromEntries(value), depth)
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [clean(key), plain(item, depth + 1)]))
}
