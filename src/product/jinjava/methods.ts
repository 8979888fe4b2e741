/** Methods of Java objects that templates call: of texts, lists and maps (jinjava's PyList and PyMap among them). */
import { Entry, toText, type Table, type Value } from './value.ts'

type Method<T> = (object: T, args: Value[]) => Value

const ofLists: Record<string, Method<Value[]> | undefined> = {
  toList: (list) => list,
  append: (list, [item = null]) => list.push(item) > 0,
  add: (list, [item = null]) => list.push(item) > 0,
  contains: (list, [item = null]) => list.some((member) => member === item),
  size: (list) => BigInt(list.length),
  isEmpty: (list) => list.length === 0,
  get: (list, [index = null]) => list[Number(toText(index))] ?? null,
}

const ofTables: Record<string, Method<Table> | undefined> = {
  items: (table) => [...table].map(([key, value]) => new Entry(key, value)),
  entrySet: (table) => [...table].map(([key, value]) => new Entry(key, value)),
  keySet: (table) => [...table.keys()],
  values: (table) => [...table.values()],
  get: (table, [key = null]) => table.get(toText(key)) ?? null,
  containsKey: (table, [key = null]) => table.has(toText(key)),
  size: (table) => BigInt(table.size),
  isEmpty: (table) => table.size === 0,
}

const ofTexts: Record<string, Method<string> | undefined> = {
  split: (text, [separator = null]) => splitBy(text, toText(separator)),
  contains: (text, [part = null]) => text.includes(toText(part)),
  startsWith: (text, [part = null]) => text.startsWith(toText(part)),
  endsWith: (text, [part = null]) => text.endsWith(toText(part)),
  equals: (text, [other = null]) => text === other,
  equalsIgnoreCase: (text, [other = null]) => text.toLowerCase() === toText(other).toLowerCase(),
  replace: (text, [old = null, fresh = null]) => text.replaceAll(toText(old), () => toText(fresh)),
  substring: (text, [from = null, to]) => text.substring(Number(toText(from)), to === undefined ? undefined : Number(toText(to))),
  toLowerCase: (text) => text.toLowerCase(),
  toUpperCase: (text) => text.toUpperCase(),
  trim: (text) => text.trim(),
  length: (text) => BigInt(text.length),
  isEmpty: (text) => text === '',
}

export function callMethod(object: Exclude<Value, null>, name: string, args: Value[]): Value {
  let known: Value | undefined
  if (Array.isArray(object)) known = ofLists[name]?.(object, args)
  else if (object instanceof Map) known = ofTables[name]?.(object, args)
  else if (typeof object === 'string') known = ofTexts[name]?.(object, args)
  else if (object instanceof Entry) known = name === 'getKey' ? object.key : name === 'getValue' ? object.value : undefined
  if (known === undefined) throw new Error(`${kind(object)} has no method '${name}'`)
  return known
}

function kind(value: Exclude<Value, null>): string {
  if (Array.isArray(value)) return 'a list'
  if (value instanceof Map || value instanceof Entry) return 'a table'
  return typeof value === 'string' ? `the text '${value}'` : `the ${typeof value === 'boolean' ? 'boolean' : 'number'} ${toText(value)}`
}

/** `String.split`: by a regular expression, without empty texts at the end. */
function splitBy(text: string, separator: string): string[] {
  const parts = text.split(new RegExp(separator))
  const found = parts.length > 1
  while (found && parts.at(-1) === '') parts.pop()
  return parts
}
