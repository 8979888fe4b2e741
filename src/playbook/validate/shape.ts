/** Keys of dicts that are known before the run: `apim.databse.host` where no definition of `apim` has `databse`. */
import { didYouMean } from '../../yaml/index.ts'
import { isMapping, type Mapping } from '../mapping.ts'
import { type Definition, valueOf } from './scope.ts'

/** Attributes of a Python dict: they are no keys. */
const methods = new Set([
  'get',
  'keys',
  'values',
  'items',
  'update',
  'pop',
  'copy',
  'setdefault',
  'popitem',
  'clear',
  'fromkeys',
])

export interface MissingKey {
  path: string
  near?: string | undefined
  keys: string[]
}

/** The first step of a path that no definition has; undefined if that can't be told, or all is well. */
export function missingKey(definitions: Definition[], path: (string | number)[]): MissingKey | undefined {
  let dicts: unknown[] = definitions.map(valueOf)
  for (let step = 1; step < path.length; step++) {
    const key = path[step]!
    if (!dicts.every(isMapping) || typeof key === 'number' || methods.has(key)) return undefined
    const having = (dicts as Mapping[]).filter((dict) => Object.hasOwn(dict, key))
    if (having.length === 0) {
      const keys = [...new Set((dicts as Mapping[]).flatMap((dict) => Object.keys(dict)))]
      return { path: path.slice(0, step + 1).join('.'), near: didYouMean(key, keys), keys }
    }
    // A host whose dict lacks the key may never come here; only the others are followed.
    dicts = having.map((container) => valueOf({ container, key }))
  }
  return undefined
}
