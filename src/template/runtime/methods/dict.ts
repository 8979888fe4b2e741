import { pythonRepr } from '../print.ts'
import { type Dict, dictOf, getKey, isDict, setKey, Tuple } from '../values.ts'
import type { Method } from './index.ts'

/** Methods of Python's dict. Views (keys, values, items) are lists here. */
export const dictMethods: Record<string, Method> = {
  get: (self: Dict, [key, otherwise = null]) => (Object.hasOwn(self, String(key)) ? getKey(self, String(key)) : otherwise),
  keys: (self: Dict) => Object.keys(self),
  values: (self: Dict) => Object.values(self),
  items: (self: Dict) => Object.entries(self).map((entry) => Tuple.make(entry)),
  copy: (self: Dict) => ({ ...self }),
  has_key: (self: Dict, [key]) => Object.hasOwn(self, String(key)),
  update(self: Dict, [other], kwargs) {
    for (const [key, value] of entriesOf(other)) setKey(self, key, value)
    for (const [key, value] of Object.entries(kwargs)) setKey(self, key, value)
    return null
  },
  setdefault(self: Dict, [key, otherwise = null]) {
    if (!Object.hasOwn(self, String(key))) setKey(self, String(key), otherwise)
    return getKey(self, String(key))
  },
  pop(self: Dict, args) {
    const key = String(args[0])
    if (!Object.hasOwn(self, key)) {
      if (args.length > 1) return args[1]
      throw new Error(`pop: the dict has no ${pythonRepr(args[0])}`)
    }
    const value = getKey(self, key)
    delete self[key]
    return value
  },
  popitem(self: Dict) {
    const key = Object.keys(self).at(-1)
    if (key === undefined) throw new Error('popitem: the dict is empty')
    const value = getKey(self, key)
    delete self[key]
    return Tuple.make([key, value])
  },
  clear(self: Dict) {
    for (const key of Object.keys(self)) delete self[key]
    return null
  },
  fromkeys: (_self: Dict, [keys, value = null]) => dictOf([...(isDict(keys) ? Object.keys(keys) : (keys as Iterable<unknown>))].map((key) => [String(key), value] as const)),
  __setitem__(self: Dict, [key, value]) {
    setKey(self, String(key), value)
    return null
  },
}

/** Entries of a dict or of a list of pairs. */
export function entriesOf(value: unknown): [string, unknown][] {
  if (value === undefined || value === null) return []
  if (isDict(value)) return Object.entries(value)
  if (Array.isArray(value) && value.every((pair) => Array.isArray(pair) && pair.length === 2)) {
    return value.map(([key, member]) => [String(key), member])
  }
  throw new Error('expected a dict or a list of pairs')
}
