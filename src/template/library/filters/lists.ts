import { equals, order, truthy } from '../../runtime/operators.ts'
import { type Call, plugin, type Plugin } from '../../runtime/plugins.ts'
import { typeName } from '../../runtime/print.ts'
import { Undefined } from '../../runtime/session.ts'
import { looseOrder } from '../version.ts'
import { byPath, asDict, asList, asNumber, identity } from './convert.ts'
import { isDict, NativeObject, Tuple } from '../../runtime/values.ts'

const list = plugin('', (value) => (Array.isArray(value) ? [...value] : asList(value)))

/** Filters on lists: order, sets, groups and combinations. */
export const listFilters: Record<string, Plugin> = {
  list,
  sort: plugin('reverse case_sensitive attribute', (value, [reverse, sensitive, attribute]) => sort(asList(value), reverse, sensitive, attribute)),
  version_sort: plugin('', (value) => asList(value).map(String).sort(looseOrder)),
  unique: plugin('case_sensitive attribute', (value, [sensitive, attribute]) => {
    // As in Jinja: upper and lower case are the same unless asked.
    const fold = !truthy(sensitive)
    const keyOf = (item: unknown) => folded(attribute === undefined || attribute === null ? item : byPath(item, attribute), fold)
    return uniqueBy(asList(value), (item) => identity(keyOf(item)))
  }),
  union: plugin('b', (value, [other]) => uniqueBy([...asList(value), ...asList(other)], identity)),
  intersect: plugin('b', (value, [other]) => keep(value, other, true)),
  difference: plugin('b', (value, [other]) => keep(value, other, false)),
  symmetric_difference: plugin('b', (value, [other]) => [...keep(value, other, false), ...keep(other, value, false)]),
  reverse: plugin('', (value) => (typeof value === 'string' ? [...value].reverse().join('') : [...asList(value)].reverse())),
  sum: plugin('attribute start', (value, [attribute, start]) =>
    asList(value).reduce<unknown>((total, item) => add(total, attribute === undefined || attribute === null ? item : byPath(item, attribute)), start ?? 0)),
  min: plugin('case_sensitive attribute', (value, [sensitive, attribute], call) => extreme(asList(value), -1, sensitive, attribute, call)),
  max: plugin('case_sensitive attribute', (value, [sensitive, attribute], call) => extreme(asList(value), 1, sensitive, attribute, call)),
  flatten: plugin('levels skip_nulls', (value, [levels, skip]) => flatten(asList(value), levels ?? Infinity, skip ?? true)),
  batch: plugin('linecount fill_with', (value, [count, fill]) => batch(asList(value), asNumber(count), fill)),
  slice: plugin('slices fill_with', (value, [count, fill]) => sliceInto(asList(value), asNumber(count), fill)),
  groupby: plugin('attribute default case_sensitive', (value, [attribute, otherwise, sensitive]) => groupBy(asList(value), attribute, otherwise, sensitive)),
  zip: plugin('*others', (value, others) => zip([value, ...others].map(asList), false, null)),
  zip_longest: plugin('*others **', (value, others, { rest }) => zip([value, ...others].map(asList), true, rest['fillvalue'] ?? null)),
  product: plugin('*others **', (value, others, { rest }) => {
    const lists = [value, ...others].map(asList)
    return product(Array.from({ length: Number(rest['repeat'] ?? 1) }, () => lists).flat())
  }),
  permutations: plugin('r', (value, [size]) => permutations(asList(value), size ?? asList(value).length)),
  combinations: plugin('r', (value, [size]) => combinations(asList(value), asNumber(size))),
  subelements: plugin('subelements skip_missing', (value, [path, skip]) => subelements(value, path, skip)),
}

function folded(value: unknown, fold: boolean): unknown {
  return fold && typeof value === 'string' ? value.toLowerCase() : value
}

/** Sorts by value or by one or more attributes ('a,b.c'). Strings regardless of case unless asked. */
export function sort(items: unknown[], reverse: unknown, sensitive: unknown, attribute: unknown): unknown[] {
  const paths = attribute === undefined || attribute === null ? [] : typeof attribute === 'string' ? attribute.split(',') : [attribute]
  const keysOf = (item: unknown) => (paths.length === 0 ? [item] : paths.map((path) => attributeOf(item, path))).map((key) => folded(key, !sensitive))
  const keyed = items.map((item) => ({ item, keys: keysOf(item) }))
  const direction = reverse ? -1 : 1
  keyed.sort((a, b) => {
    for (const [index, key] of a.keys.entries()) {
      const difference = order(key, b.keys[index])
      if (difference !== 0) return difference * direction
    }
    return 0
  })
  return keyed.map(({ item }) => item)
}

export function attributeOf(item: unknown, path: unknown): unknown {
  const found = item instanceof NativeObject ? item.attribute(String(path)) : byPath(item, path)
  if (found === undefined) throw new Error(`an item has no '${String(path)}'`)
  return found
}

function uniqueBy(items: unknown[], key: (item: unknown) => string): unknown[] {
  const seen = new Set<string>()
  return items.filter((item) => !seen.has(key(item)) && seen.add(key(item)))
}

function keep(value: unknown, other: unknown, shared: boolean): unknown[] {
  const known = new Set(asList(other).map(identity))
  return uniqueBy(asList(value).filter((item) => known.has(identity(item)) === shared), identity)
}

function add(total: unknown, item: unknown): unknown {
  if (Array.isArray(total) && Array.isArray(item)) return [...total, ...item]
  if (item === undefined) throw new Error('an item does not have the attribute')
  if (typeof item !== 'number' && typeof item !== 'boolean') throw new Error(`can not add ${typeName(item)}`)
  return asNumber(total) + Number(item)
}

function extreme(items: unknown[], sign: number, sensitive: unknown, attribute: unknown, { env, at }: Call): unknown {
  if (items.length === 0) return new Undefined(sign < 0 ? 'min' : 'max', 'the list is empty', env.source, at)
  const keyOf = (item: unknown) => folded(attribute === undefined || attribute === null ? item : attributeOf(item, attribute), !sensitive)
  return items.reduce((best, item) => (order(keyOf(item), keyOf(best)) * sign > 0 ? item : best))
}

export function flatten(items: unknown[], levels: number, skipNulls: unknown): unknown[] {
  const out: unknown[] = []
  for (const item of items) {
    if (skipNulls && (item === null || item === 'None' || item === 'null')) continue
    if (Array.isArray(item) && levels > 0) out.push(...flatten(item, levels - 1, skipNulls))
    else out.push(item)
  }
  return out
}

function batch(items: unknown[], size: number, fill: unknown): unknown[][] {
  const rows: unknown[][] = []
  for (let at = 0; at < items.length; at += size) rows.push(items.slice(at, at + size))
  const last = rows.at(-1)
  if (last && fill !== undefined && fill !== null) while (last.length < size) last.push(fill)
  return rows
}

function sliceInto(items: unknown[], count: number, fill: unknown): unknown[][] {
  const [size, larger] = [Math.floor(items.length / count), items.length % count]
  let at = 0
  return Array.from({ length: count }, (_, index) => {
    const row = items.slice(at, (at += size + (index < larger ? 1 : 0)))
    if (fill !== undefined && fill !== null && index >= larger) row.push(fill)
    return row
  })
}

function groupBy(items: unknown[], attribute: unknown, otherwise: unknown, sensitive: unknown): unknown[] {
  const keyOf = (item: unknown) => (byPath(item, attribute) === undefined && otherwise !== undefined ? otherwise : attributeOf(item, attribute))
  const groups: Group[] = []
  const sorted = items.map((item) => ({ item, key: keyOf(item) })).sort((a, b) => order(folded(a.key, !sensitive), folded(b.key, !sensitive)))
  for (const { item, key } of sorted) {
    const last = groups.at(-1)
    if (last && equals(folded(last.grouper, !sensitive), folded(key, !sensitive))) last.list.push(item)
    else groups.push(new Group(key, [item]))
  }
  return groups
}

/** A pair that also answers to `.grouper` and `.list`. */
class Group extends NativeObject {
  readonly grouper: unknown
  readonly list: unknown[]
  constructor(grouper: unknown, list: unknown[]) {
    super()
    this.grouper = grouper
    this.list = list
  }
  attribute(name: string): unknown {
    return name === 'grouper' || name === '0' ? this.grouper : name === 'list' || name === '1' ? this.list : undefined
  }
  override plain(): unknown {
    return [this.grouper, this.list]
  }
  *[Symbol.iterator](): Iterator<unknown> {
    yield this.grouper
    yield this.list
  }
}

export function zip(lists: unknown[][], longest: boolean, fill: unknown): unknown[] {
  const sizes = lists.map((items) => items.length)
  const size = longest ? Math.max(...sizes) : Math.min(...sizes)
  return Array.from({ length: size }, (_, index) => Tuple.make(lists.map((items) => (index < items.length ? items[index] : fill))))
}

export function product(lists: unknown[][]): unknown[][] {
  return lists.reduce<unknown[][]>((rows, items) => rows.flatMap((row) => items.map((item) => [...row, item])), [[]])
}

function permutations(items: unknown[], size: number): unknown[][] {
  if (size === 0) return [[]]
  return items.flatMap((item, index) => permutations([...items.slice(0, index), ...items.slice(index + 1)], size - 1).map((rest) => [item, ...rest]))
}

function combinations(items: unknown[], size: number): unknown[][] {
  if (size === 0) return [[]]
  return items.flatMap((item, index) => combinations(items.slice(index + 1), size - 1).map((rest) => [item, ...rest]))
}

/** Pairs of an element and each item of one of its lists. */
export function subelements(value: unknown, path: unknown, skipMissing: unknown): unknown[] {
  const elements = isDict(value) ? Object.values(value) : asList(value)
  const keys = Array.isArray(path) ? path.map(String) : String(path).split('.')
  const pairs: unknown[] = []
  for (const element of elements) {
    let found: unknown = element
    for (const key of keys) {
      const dict = asDict(found)
      if (!Object.hasOwn(dict, key)) {
        if (!truthy(skipMissing)) throw new Error(`an item has no '${key}'`)
        found = []
        break
      }
      found = dict[key]
    }
    if (!Array.isArray(found)) throw new Error(`'${keys.join('.')}' is no list, but ${typeName(found)}`)
    for (const item of found) pairs.push(Tuple.make([element, item]))
  }
  return pairs
}
