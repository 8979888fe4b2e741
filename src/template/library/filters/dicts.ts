import { equals, order } from '../../runtime/operators.ts'
import { entriesOf } from '../../runtime/methods/dict.ts'
import { plugin, type Plugin } from '../../runtime/plugins.ts'
import { type Dict, dictOf, getKey, isDict, setKey, Tuple } from '../../runtime/values.ts'
import { asDict, asList, asText } from './convert.ts'

/** Filters on dicts. */
export const dictFilters: Record<string, Plugin> = {
  combine: plugin('*dicts **', (value, others, { rest }) => combine([value, ...others], rest)),
  dict2items: plugin('key_name value_name', (value, [key, member]) =>
    Object.entries(asDict(value)).map(([name, item]) => dictOf([[asText(key ?? 'key'), name], [asText(member ?? 'value'), item]]))),
  items2dict: plugin('key_name value_name', (value, [key, member]) => items2dict(value, asText(key ?? 'key'), asText(member ?? 'value'))),
  dictsort: plugin('case_sensitive by reverse', (value, [sensitive, by, reverse]) => dictSort(asDict(value), sensitive, by ?? 'key', reverse)),
  rekey_on_member: plugin('key duplicates', (value, [key, duplicates]) => rekey(value, asText(key), duplicates ?? 'error')),
  dict: plugin('', (value) => dictOf(entriesOf(value))),
  keep_keys: plugin('target matching_parameter', (value, [target, how]) => selectKeys(value, target, how ?? 'equal', true)),
  remove_keys: plugin('target matching_parameter', (value, [target, how]) => selectKeys(value, target, how ?? 'equal', false)),
}

function combine(terms: unknown[], options: Dict): unknown {
  const { recursive = false, list_merge: listMerge = 'replace', ...others } = options
  if (Object.keys(others).length > 0) throw new Error(`has no argument '${Object.keys(others)[0]}', only recursive, list_merge`)
  const modes = ['replace', 'keep', 'append', 'prepend', 'append_rp', 'prepend_rp']
  if (!modes.includes(String(listMerge))) throw new Error(`unknown list_merge '${String(listMerge)}', expected one of ${modes.join(', ')}`)
  const dicts = terms.flatMap((term) => (Array.isArray(term) ? term : [term])).map(asDict)
  return dicts.reduce((low, high) => mergeHash(low, high, Boolean(recursive), String(listMerge)), {})
}

/** Ansible's merge of two dicts; the second has precedence. */
export function mergeHash(low: Dict, high: Dict, recursive: boolean, listMerge: string): Dict {
  const merged: Dict = { ...low }
  for (const key of Object.keys(high)) {
    const [before, after] = [getKey(low, key), getKey(high, key)]
    if (recursive && isDict(before) && isDict(after)) setKey(merged, key, mergeHash(before, after, recursive, listMerge))
    else if (Array.isArray(before) && Array.isArray(after)) setKey(merged, key, mergeLists(before, after, listMerge))
    else setKey(merged, key, after)
  }
  return merged
}

function mergeLists(low: unknown[], high: unknown[], mode: string): unknown[] {
  const without = (list: unknown[], other: unknown[]) => list.filter((item) => !other.some((member) => equals(member, item)))
  switch (mode) {
    case 'keep': return low
    case 'append': return [...low, ...high]
    case 'prepend': return [...high, ...low]
    case 'append_rp': return [...without(low, high), ...high]
    case 'prepend_rp': return [...high, ...without(low, high)]
    default: return high
  }
}

function items2dict(value: unknown, key: string, member: string): Dict {
  return dictOf(asList(value).map((item) => {
    if (!isDict(item) || !Object.hasOwn(item, key) || !Object.hasOwn(item, member)) throw new Error(`each item needs the keys '${key}' and '${member}'`)
    return [asText(getKey(item, key)), getKey(item, member)] as const
  }))
}

function dictSort(value: Dict, sensitive: unknown, by: string, reverse: unknown): unknown[] {
  if (by !== 'key' && by !== 'value') throw new Error("'by' is 'key' or 'value'")
  const keyOf = ([key, member]: [string, unknown]) => {
    const wanted = by === 'key' ? key : member
    return !sensitive && typeof wanted === 'string' ? wanted.toLowerCase() : wanted
  }
  const sorted = Object.entries(value).sort((a, b) => order(keyOf(a), keyOf(b)) * (reverse ? -1 : 1))
  return sorted.map((entry) => Tuple.make(entry))
}

function rekey(value: unknown, key: string, duplicates: string): Dict {
  if (duplicates !== 'error' && duplicates !== 'overwrite') throw new Error("'duplicates' is 'error' or 'overwrite'")
  const result: Dict = {}
  for (const item of isDict(value) ? Object.values(value) : asList(value)) {
    const dict = asDict(item)
    if (!Object.hasOwn(dict, key)) throw new Error(`an item has no '${key}'`)
    const name = asText(dict[key])
    if (duplicates === 'error' && Object.hasOwn(result, name)) throw new Error(`'${name}' is not unique`)
    setKey(result, name, item)
  }
  return result
}

function selectKeys(value: unknown, target: unknown, how: string, keep: boolean): unknown[] {
  const targets = (Array.isArray(target) ? target : [target]).map(asText)
  const matches = (key: string) => targets.some((t) =>
    how === 'starts_with' ? key.startsWith(t) : how === 'ends_with' ? key.endsWith(t) : how === 'regex' ? new RegExp(t).test(key) : key === t)
  return asList(value).map((item) => dictOf(Object.entries(asDict(item)).filter(([key]) => matches(key) === keep)))
}
