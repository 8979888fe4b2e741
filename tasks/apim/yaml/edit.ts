/** Sets values in a YAML document; comments and everything else stay. */
import { isMap, isScalar, isSeq, parseDocument, type Document, type YAMLMap, type YAMLSeq } from 'yaml'

export type Table = Record<string, unknown>
/** Merge keys by dotted path of the list; a key may be dotted itself, for lists of `- server: {name: a}`. */
export type MergeKeys = Record<string, string>

export const isTable = (value: unknown): value is Table => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The text with these values: the very same when it says so already. Throws when it is no YAML, or no mapping. */
export function setValues(text: string, values: Table, keys: MergeKeys): string {
  const doc = parseDocument(text)
  const [wrong] = doc.errors
  if (wrong) throw new Error(wrong.message.split('\n')[0]!.replace(/:$/, ''))
  if (doc.contents === null) doc.contents = doc.createNode({}) as unknown as typeof doc.contents
  if (!isMap(doc.contents)) throw new Error('expected a mapping of keys to values at the top')
  return setTable(doc, doc.contents, values, keys, []) ? doc.toString({ lineWidth: 0 }) : text
}

function setTable(doc: Document, map: YAMLMap, values: Table, keys: MergeKeys, path: string[]): boolean {
  let changed = false
  for (const [key, value] of Object.entries(values)) {
    const node = map.get(key, true)
    const at = [...path, key]
    const merged = keys[at.join('.')]
    if (isMap(node) && isTable(value)) changed = setTable(doc, node, value, keys, at) || changed
    else if (isSeq(node) && Array.isArray(value) && merged !== undefined) changed = setItems(doc, node, value as Table[], merged, keys, at) || changed
    else if (same(plain(doc, node), value)) continue
    else {
      if (isScalar(node) && !isTable(value) && !Array.isArray(value)) node.value = value
      else map.set(key, doc.createNode(value))
      changed = true
    }
  }
  return changed
}

/** Items with the same name are merged in place, new ones come at the end, others stay. */
function setItems(doc: Document, list: YAMLSeq, values: Table[], name: string, keys: MergeKeys, path: string[]): boolean {
  let changed = false
  for (const value of values) {
    const item = list.items.find((one): one is YAMLMap => isMap(one) && same(plain(doc, one.getIn(name.split('.'), true)), inside(value, name)))
    if (item) changed = setTable(doc, item, value, keys, path) || changed
    else {
      list.add(doc.createNode(value))
      changed = true
    }
  }
  return changed
}

const inside = (value: unknown, name: string): unknown => name.split('.').reduce<unknown>((at, key) => (isTable(at) ? at[key] : undefined), value)

const plain = (doc: Document, node: unknown): unknown => (node === undefined ? undefined : (node as { toJS(doc: Document): unknown }).toJS(doc))

function same(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => same(item, b[i]))
  if (!isTable(a) || !isTable(b)) return a === b
  const names = Object.keys(a)
  return names.length === Object.keys(b).length && names.every((key) => Object.hasOwn(b, key) && same(a[key], b[key]))
}
