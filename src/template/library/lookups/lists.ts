import { randomInt } from 'node:crypto'
import { formatPercent } from '../../runtime/format.ts'
import { asDict, asList, asText } from '../filters/convert.ts'
import { flatten, product, subelements, zip } from '../filters/lists.ts'
import { truthy } from '../../runtime/operators.ts'
import type { LookupPlugin } from '../../runtime/plugins.ts'
import { type Dict, isDict } from '../../runtime/values.ts'

const nested: LookupPlugin = (terms) => {
  // Written in reverse on purpose: the last list turns fastest.
  if (terms.length === 0) throw new Error('needs at least one list')
  return product(terms.map((term) => (Array.isArray(term) ? term : [term])))
}

/** Lookups that only rearrange their terms; `with_X` uses them too. */
export const listLookups: Record<string, LookupPlugin> = {
  items: (terms) => terms.flatMap((term) => (Array.isArray(term) ? term : [term])),
  list: (terms) => terms,
  dict: (terms) => terms.flatMap((term) => (Array.isArray(term) ? term : [term])).flatMap((term) =>
    Object.entries(asDict(term)).map(([key, value]) => ({ key, value }))),
  indexed_items: (terms) => terms.flatMap((term) => (Array.isArray(term) ? term : [term])).map((item, index) => [index, item]),
  flattened: (terms) => flatten(terms, Infinity, true),
  together: (terms) => {
    if (terms.length === 0) throw new Error('needs at least one list')
    return zip(terms.map(asList), true, null).map((row) => [...(row as unknown[])])
  },
  nested,
  cartesian: nested,
  sequence: (terms, options) => (terms.length === 0 ? [{}] : terms).flatMap((term) => sequence(term, options)),
  subelements: (terms) => {
    const [elements, path, flags] = terms
    const usable = (Array.isArray(elements) ? elements : Object.values(asDict(elements))).filter((item) => !(isDict(item) && truthy(item['skipped'])))
    const keys = asText(path).split('.')
    return subelements(usable, keys, isDict(flags) ? truthy(flags['skip_missing']) : false).map((pair) => {
      const [element, item] = pair as unknown[]
      return [without(element, keys), item]
    })
  },
  random_choice: (terms) => {
    const items = terms.flatMap((term) => (Array.isArray(term) ? term : [term]))
    return items.length === 0 ? [] : [items[randomInt(items.length)]]
  },
}

/** A dict without the member at a path: the lookup hands out the list's items, not the list. */
function without(value: unknown, [key = '', ...path]: string[]): unknown {
  if (!isDict(value)) return value
  const { [key]: member, ...others } = value
  return path.length === 0 ? others : { ...others, [key]: without(member, path) }
}

const sequenceOptions = ['start', 'end', 'count', 'stride', 'format']

/** `start=1 end=10 stride=2 format=host%02d`, `5`, `2-10/2`, `count=4`. */
function sequence(term: unknown, keyword: Dict): string[] {
  const options: Dict = { ...keyword }
  if (isDict(term)) Object.assign(options, term)
  else {
    const text = asText(term).trim()
    const short = /^(?:(0x[\da-f]+|0[0-7]*|[1-9]\d*)-)?(0x[\da-f]+|0[0-7]*|[1-9]\d*)(?:\/(-?\d+))?(?::(.+))?$/i.exec(text)
    if (short) {
      const [, start, end, stride, format] = short
      Object.assign(options, { ...(start && { start }), end, ...(stride && { stride }), ...(format && { format }) })
    } else {
      for (const word of text.split(/\s+/).filter(Boolean)) {
        const at = word.indexOf('=')
        if (at === -1) throw new Error(`can not read '${word}', expected start=, end=, count=, stride= or format=`)
        options[word.slice(0, at)] = word.slice(at + 1)
      }
    }
  }
  const unknown = Object.keys(options).find((name) => !sequenceOptions.includes(name))
  if (unknown !== undefined) throw new Error(`has no argument '${unknown}', only ${sequenceOptions.join(', ')}`)
  const number = (name: string) => {
    if (options[name] === undefined) return undefined
    const value = typeof options[name] === 'string' && /^0[0-7]+$/.test(options[name]) ? Number.parseInt(options[name], 8) : Number(options[name])
    if (!Number.isInteger(value)) throw new Error(`'${name}' is no integer: ${asText(options[name])}`)
    return value
  }
  const [start, count] = [number('start') ?? 1, number('count')]
  let [end, stride] = [number('end'), number('stride')]
  if (end !== undefined && count !== undefined) throw new Error("'end' and 'count' exclude each other")
  if (count !== undefined) end = count === 0 ? start - 1 : start + (count - 1) * (stride ?? 1)
  if (end === undefined) throw new Error("needs 'end' or 'count'")
  stride ??= 1
  if (count === 0 || stride === 0) return []
  if (stride > 0 && end < start) throw new Error('to count backwards make the stride negative')
  if (stride < 0 && end > start) throw new Error('to count forward make the stride positive')
  const results: string[] = []
  for (let value = start; stride > 0 ? value <= end : value >= end; value += stride) {
    results.push(options['format'] === undefined ? String(value) : formatPercent(asText(options['format']), value))
  }
  return results
}
