/**
 * Values as the product's templates see them, and how Java writes them. Integers of TOML are Longs (`bigint` here);
 * numbers of JSON files are Doubles, because Gson reads every number so: `4000` in default.json is written `4000.0`.
 */

export type Value = null | boolean | bigint | number | string | Value[] | Table | Entry
export type Table = Map<string, Value>

/** What a loop over `table.items()` sees. */
export class Entry {
  readonly key: string
  readonly value: Value
  constructor(key: string, value: Value) {
    this.key = key
    this.value = value
  }
}

/** The truth of a value, as jinjava's ObjectTruthValue: empty things, zero and the text `false` are not true. */
export function truth(value: Value): boolean {
  if (value === null) return false
  if (typeof value === 'boolean') return value
  if (typeof value === 'bigint') return value !== 0n
  if (typeof value === 'number') return value !== 0
  if (typeof value === 'string') return value !== '' && value.toLowerCase() !== 'false'
  if (Array.isArray(value)) return value.length > 0
  return value instanceof Entry || value.size > 0
}

/** What a loop goes over: the values of a table, or a single value itself. */
export function itemsOf(value: Value): Value[] {
  if (value === null) return []
  // A list may grow while it is walked.
  if (Array.isArray(value)) return [...value]
  return value instanceof Map ? [...value.values()] : [value]
}

/** `String.valueOf`, in a list or a table too; nothing is the empty text, as jinjava prints it. */
export function toText(value: Value): string {
  return value === null ? '' : inner(value)
}

function inner(value: Value): string {
  if (value === null) return 'null'
  if (typeof value === 'number') return doubleText(value)
  if (Array.isArray(value)) return `[${value.map(inner).join(', ')}]`
  if (value instanceof Entry) return `${value.key}=${inner(value.value)}`
  if (value instanceof Map) return `{${[...value].map(([key, member]) => `${key}=${inner(member)}`).join(', ')}}`
  return String(value)
}

/** `Double.toString`: at least one decimal, and an exponent from ten millions on and below a thousandth. */
export function doubleText(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  const size = Math.abs(value)
  if (size === 0 || (size >= 1e-3 && size < 1e7)) return Number.isInteger(value) ? `${Object.is(value, -0) ? '-0' : value}.0` : String(value)
  const [mantissa = '', exponent = ''] = value.toExponential().split('e')
  return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}E${Number(exponent)}`
}

/** A value of a JSON file, as Gson reads it. */
export function fromJson(value: unknown): Value {
  if (Array.isArray(value)) return value.map(fromJson)
  if (typeof value === 'object' && value !== null) return new Map(Object.entries(value).map(([key, member]) => [key, fromJson(member)]))
  return value as Value
}

/** The same value, to be changed: templates append to lists, and keys are put into tables that are there. */
export function copy(value: Value): Value {
  if (Array.isArray(value)) return value.map(copy)
  return value instanceof Map ? new Map([...value].map(([key, member]) => [key, copy(member)])) : value
}
