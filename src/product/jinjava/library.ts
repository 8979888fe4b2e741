/** The filters and tests that templates of the product use, and those near to them. */
import { itemsOf, toText, truth, type Value } from './value.ts'

type Filter = (input: Value, ...args: Value[]) => Value

const size: Filter = (input) => {
  if (Array.isArray(input) || typeof input === 'string') return BigInt(input.length)
  return input instanceof Map ? BigInt(input.size) : 0n
}
const orElse: Filter = (input, otherwise = null, falsy = false) => (input === null || (truth(falsy) && !truth(input)) ? otherwise : input)
const escape: Filter = (input) => toText(input).replace(/[&<>"']/g, (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[char]!)
const onText = (change: (text: string) => string): Filter => (input) => (typeof input === 'string' ? change(input) : input)

export const filters: Record<string, Filter | undefined> = {
  length: size,
  count: size,
  default: orElse,
  d: orElse,
  join: (input, separator = '') => itemsOf(input).map(toText).join(toText(separator)),
  string: (input) => (input === null ? 'null' : toText(input)),
  lower: onText((text) => text.toLowerCase()),
  upper: onText((text) => text.toUpperCase()),
  trim: onText((text) => text.trim()),
  escape,
  e: escape,
  replace: (input, old = null, fresh = null) => (input === null ? null : toText(input).replaceAll(toText(old), () => toText(fresh))),
  first: (input) => (Array.isArray(input) ? (input[0] ?? null) : input),
  last: (input) => (Array.isArray(input) ? (input.at(-1) ?? null) : input),
  int: (input) => BigInt(Math.trunc(Number(toText(input)) || 0)),
  list: (input) => (Array.isArray(input) ? [...input] : [input]),
  reverse: (input) => (Array.isArray(input) ? input.toReversed?.() ?? [...input].reverse() : input),
  split: (input, separator = ' ') => toText(input).split(toText(separator)),
  safe: (input) => input,
}

export const tests: Record<string, ((input: Value, ...args: Value[]) => boolean) | undefined> = {
  defined: (input) => input !== null,
  undefined: (input) => input === null,
  none: (input) => input === null,
  sameas: (input, other = null) => input === other,
  string: (input) => typeof input === 'string',
  number: (input) => typeof input === 'bigint' || typeof input === 'number',
  boolean: (input) => typeof input === 'boolean',
  sequence: Array.isArray,
  iterable: Array.isArray,
  mapping: (input) => input instanceof Map,
  truthy: truth,
}
