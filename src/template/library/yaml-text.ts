import { stringify } from 'yaml'
import { getKey, isDict, NativeObject } from '../runtime/values.ts'

export interface YamlLayout {
  indent: number
  /** true: all in one line; false: never; null: only collections that hold no others. */
  flow: boolean | null
  sortKeys: boolean
  explicitStart?: boolean
}

/** YAML as PyYAML lays it out: lists not indented below their key, single quotes. Long lines are not folded. */
export function yamlText(value: unknown, layout: YamlLayout): string {
  const onOneLine = isInline(value, layout)
  const start = layout.explicitStart ? `---${onOneLine ? ' ' : '\n'}` : ''
  return `${start}${onOneLine ? inline(value, layout) : lines(value, layout).join('\n')}\n`
}

function lines(value: unknown, layout: YamlLayout): string[] {
  const pad = (line: string) => (line === '' ? '' : ' '.repeat(layout.indent) + line)
  const literal = literalLines(value)
  if (literal) return [literal[0]!, ...literal.slice(1).map(pad)]
  if (isInline(value, layout)) return [inline(value, layout)]
  if (Array.isArray(value)) {
    return value.flatMap((item) => {
      const [first = '', ...rest] = lines(item, layout)
      const nested = !isInline(item, layout) && !literalLines(item)
      return [`-${' '.repeat(nested ? layout.indent - 1 : 1)}${first}`, ...rest.map(nested ? pad : (line) => line)]
    })
  }
  const dict = value as Record<string, unknown>
  return keysOf(dict, layout).flatMap((key) => {
    const member = getKey(dict, key)
    const [first = '', ...rest] = lines(member, layout)
    if (isInline(member, layout) || literalLines(member)) return [`${scalar(key)}: ${first}`, ...rest]
    return [`${scalar(key)}:`, ...[first, ...rest].map(Array.isArray(member) ? (line) => line : pad)]
  })
}

/** Text of several lines, as a literal block; undefined if that can not hold it. */
function literalLines(value: unknown): string[] | undefined {
  if (typeof value !== 'string' || !/[^\n]\n/.test(value) || /^[\s#]|[^\S\n]\n|[^\S\n]$|[^\n\t\x20-\x7e\u00a0-\ud7ff\ue000-\ufefe]/.test(value)) return undefined
  const ending = /\n*$/.exec(value)![0].length
  return [`|${ending === 0 ? '-' : ending === 1 ? '' : '+'}`, ...value.slice(0, ending === 0 ? undefined : -1).split('\n')]
}

function isInline(value: unknown, layout: YamlLayout): boolean {
  const members = Array.isArray(value) ? value : isDict(value) ? Object.values(value) : undefined
  if (!members) return true
  if (members.length === 0 || layout.flow === true) return true
  return layout.flow === null && members.every((member) => !Array.isArray(member) && !isDict(member))
}

function inline(value: unknown, layout: YamlLayout): string {
  if (Array.isArray(value)) return `[${value.map((item) => inline(item, layout)).join(', ')}]`
  if (isDict(value)) return `{${keysOf(value, layout).map((key) => `${scalar(key, true)}: ${inline(getKey(value, key), layout)}`).join(', ')}}`
  return scalar(value, layout.flow !== false)
}

function keysOf(dict: Record<string, unknown>, layout: YamlLayout): string[] {
  const keys = Object.keys(dict)
  return layout.sortKeys ? keys.sort() : keys
}

function scalar(value: unknown, inFlow = false): string {
  if (value instanceof NativeObject) return scalar(value.plain(), inFlow)
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'string' && value.includes('\n')) return JSON.stringify(value)
  // Each is a type of its own in YAML 1.1, which the library does not know.
  if (value === '=' || value === '<<') return `'${value}'`
  const text = stringify(value, { version: '1.1', singleQuote: true, lineWidth: 0 }).replace(/\n$/, '')
  return inFlow && typeof value === 'string' && text === value && /[,[\]{}]/.test(text) ? `'${text.replaceAll("'", "''")}'` : text
}
