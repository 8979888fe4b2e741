import { numberText, pythonStr, typeName } from '../../runtime/print.ts'
import { isDict } from '../../runtime/values.ts'

/** Arguments of filters as the type they need, with a message that says what was given. */

export function asText(value: unknown): string {
  return typeof value === 'string' ? value : value === null || value === undefined ? '' : pythonStr(value)
}

export function asList(value: unknown): unknown[] {
  if (Array.isArray(value)) return value
  if (typeof value === 'string') return [...value]
  if (isDict(value)) return Object.keys(value)
  throw new Error(`needs a list, not ${typeName(value)}`)
}

export function asNumber(value: unknown): number {
  if (typeof value === 'number') return value
  if (typeof value === 'boolean') return Number(value)
  if (typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value))) return Number(value)
  throw new Error(`needs a number, not ${typeName(value)}`)
}

export function asDict(value: unknown): Record<string, unknown> {
  if (isDict(value)) return value
  throw new Error(`needs a dict, not ${typeName(value)}`)
}

/** A key that is equal for values Python holds equal: for sets and unique. */
export function identity(value: unknown): string {
  if (typeof value === 'string') return `s${value}`
  if (typeof value === 'number' || typeof value === 'boolean') return `n${numberText(Number(value))}`
  if (Array.isArray(value)) return `[${value.map((item) => JSON.stringify(identity(item))).join()}]`
  if (isDict(value)) return `{${Object.keys(value).sort().map((key) => JSON.stringify([key, identity(value[key])])).join()}}`
  return `o${pythonStr(value)}`
}

/** A member by a dotted path or an index, undefined if there is none. */
export function byPath(value: unknown, path: unknown): unknown {
  const parts = typeof path === 'number' ? [path] : String(path).split('.')
  let current: unknown = value
  for (const part of parts) {
    if (Array.isArray(current) && /^-?\d+$/.test(String(part))) current = current.at(Number(part))
    else if (isDict(current) && Object.hasOwn(current, part)) current = current[part]
    else return undefined
  }
  return current
}
