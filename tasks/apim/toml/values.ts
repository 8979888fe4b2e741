/** TOML values as data: reading, comparing, merging, and writing them as text. */
import toml from '@iarna/toml'
import { TomlSyntaxError } from '../../../src/product/index.ts'

export type Table = { [key: string]: unknown }

export const isTable = (value: unknown): value is Table =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)

/** A list that is written as [[tables]]: not empty, and all of them tables. */
export const isTables = (value: unknown): value is Table[] => Array.isArray(value) && value.length > 0 && value.every(isTable)

/** Parses a document; tables have no prototype, so that any key is only data. An error never shows the line: it may hold a secret. */
export function parse(text: string): Table {
  try {
    return plain(toml.parse(text)) as Table
  } catch (error) {
    const { message, line, col } = error as { message: string; line?: number; col?: number }
    const reason = message.split('\n')[0]!.replace(/ at row \d+, col \d+, pos \d+:?$/, '')
    throw new TomlSyntaxError(reason, (line ?? 0) + 1, (col ?? 0) + 1)
  }
}

/** A copy without prototypes, and without what is no data. */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (!isTable(value)) return value
  const table = Object.create(null) as Table
  for (const [key, item] of Object.entries(value)) table[key] = plain(item)
  return table
}

/** The same value: 1 and 1.0 are, as they are to whoever reads them. */
export function same(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => same(item, b[i]))
  if (a instanceof Date && b instanceof Date) return a.toISOString() === b.toISOString()
  if (typeof a === 'bigint' || typeof b === 'bigint') return isNumeric(a) && isNumeric(b) && a == b
  if (!isTable(a) || !isTable(b)) return Object.is(a, b) || (a === 0 && b === 0)
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && same(a[key], b[key]))
}

const isNumeric = (value: unknown): boolean => typeof value === 'bigint' || typeof value === 'number'

/** Merge keys by dotted path of the array; '*' for all others. */
export type MergeKeys = Record<string, string>

/** `values` laid over `current`: tables are merged, everything else is replaced. */
export function merge(current: unknown, values: unknown, keys: MergeKeys, path: string[] = []): unknown {
  if (isTable(values)) {
    const table = plain(isTable(current) ? current : {}) as Table
    for (const [key, value] of Object.entries(values)) table[key] = merge(table[key], value, keys, [...path, key])
    return table
  }
  const name = keys[path.join('.')] ?? keys['*']
  if (name !== undefined && isTables(values) && isTables(current)) return mergeTables(current, values, name, keys, path)
  return plain(values)
}

/** Tables with the same name are merged in place, new ones come at the end, others stay. */
function mergeTables(current: Table[], values: Table[], name: string, keys: MergeKeys, path: string[]): Table[] {
  const result = plain(current) as Table[]
  for (const value of values) {
    const index = result.findIndex((table) => Object.hasOwn(table, name) && same(table[name], value[name]))
    if (index === -1) result.push(plain(value) as Table)
    else result[index] = merge(result[index], value, keys, path) as Table
  }
  return result
}

/** `values`, but what `other` says about the same keys; what it says about others is left out. */
export function override(values: unknown, other: unknown, keys: MergeKeys, path: string[] = []): unknown {
  if (other === undefined) return values
  if (isTable(values) && isTable(other)) {
    const table = plain(values) as Table
    for (const key of Object.keys(table)) table[key] = override(table[key], other[key], keys, [...path, key])
    return table
  }
  const name = keys[path.join('.')] ?? keys['*']
  if (name === undefined || !isTables(values) || !isTables(other)) return plain(other)
  return values.map((table) => override(table, other.find((one) => Object.hasOwn(one, name) && same(one[name], table[name])), keys, path))
}

/**
 * Removes what is at a path; in an array of tables, from each of them. A table above that is left empty goes too, unless
 * `keeps` says that it is written in the file by itself.
 */
export function removeAt(
  data: unknown,
  path: string[],
  keeps: (keys: string[]) => boolean = () => true,
  above: string[] = [],
): void {
  const [key = '', ...rest] = path
  if (Array.isArray(data)) for (const item of data) removeAt(item, path, keeps, above)
  else if (isTable(data) && Object.hasOwn(data, key)) {
    const own = [...above, key]
    if (rest.length > 0) removeAt(data[key], rest, keeps, own)
    const value = data[key]
    if (rest.length === 0 || (isTable(value) && Object.keys(value).length === 0 && !keeps(own))) delete data[key]
  }
}

/** What of `values` TOML can't say; undefined when all is well. */
export function unsayable(value: unknown, path: string): string | undefined {
  if (value === null || value === undefined) return `${path}: TOML has no null; to remove a key, name it in absent`
  if (typeof value === 'string' && /\p{Surrogate}/u.test(value)) return `${path}: this text is not valid Unicode`
  if (Array.isArray(value)) return first(value.map((item, i) => unsayable(item, `${path}[${i}]`)))
  if (isTable(value))
    return first(Object.entries(value).map(([key, item]) => unsayable(item, path === '' ? key : `${path}.${key}`)))
  return undefined
}

const first = (messages: (string | undefined)[]): string | undefined => messages.find((message) => message !== undefined)

/** A value on one line. */
export function encode(value: unknown): string {
  if (typeof value === 'string') return quote(value)
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value)) return `[${value.map(encode).join(', ')}]`
  if (isTable(value)) {
    const members = Object.entries(value).map(([key, item]) => `${encodeKey(key)} = ${encode(item)}`)
    return members.length > 0 ? `{ ${members.join(', ')} }` : '{}'
  }
  if (typeof value === 'number' && !Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf'
  return String(value)
}

export function encodeKey(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : quote(key)
}

const ESCAPES: Record<string, string> = {
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
  '"': '\\"',
  '\\': '\\\\',
}

function quote(text: string): string {
  const escaped = text.replace(
    /["\\\u0000-\u001f\u007f]/g,
    (char) => ESCAPES[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return `"${escaped}"`
}
