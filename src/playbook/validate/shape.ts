/** Keys of dicts that are known before the run: `apim.databse.host` where no definition of `apim` has `databse`. */
import { didYouMean } from '../../text/similar.ts'
import { isMapping, type Mapping } from '../mapping.ts'
import { type Definition, type NameScope, valueOf } from './scope.ts'

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
export function missingKey(definitions: Definition[], path: (string | number)[], scope: NameScope): MissingKey | undefined {
  let dicts: unknown[] = definitions.flatMap((definition) => meant(valueOf(definition), scope))
  for (let step = 1; step < path.length; step++) {
    const key = path[step]!
    if (!dicts.every(isMapping) || typeof key === 'number' || methods.has(key)) return undefined
    const having = (dicts as Mapping[]).filter((dict) => Object.hasOwn(dict, key))
    if (having.length === 0) {
      const keys = [...new Set((dicts as Mapping[]).flatMap((dict) => Object.keys(dict)))]
      return { path: path.slice(0, step + 1).join('.'), near: didYouMean(key, keys), keys }
    }
    // A host whose dict lacks the key may never come here; only the others are followed.
    dicts = having.flatMap((container) => meant(valueOf({ container, key }), scope))
  }
  return undefined
}

const aliasForm = /^\{\{\s*([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)\s*\}\}$/

/** What a value stands for that is nothing but another name, such as `database: "{{ apim.database }}"`; else itself. */
function meant(value: unknown, scope: NameScope, depth = 0): unknown[] {
  const alias = typeof value === 'string' ? aliasForm.exec(value) : null
  if (!alias || depth > 10) return [value]
  const [name, ...keys] = (alias[1] as string).split('.') as [string, ...string[]]
  const found = scope.find(name)
  if (!found || found.opaque) return [value]
  let values = found.definitions.flatMap((definition) => meant(valueOf(definition), scope, depth + 1))
  for (const key of keys) {
    if (!values.every(isMapping)) return [value]
    const having = (values as Mapping[]).filter((dict) => Object.hasOwn(dict, key))
    values = having.flatMap((container) => meant(valueOf({ container, key }), scope, depth + 1))
    // That it is not there is said where the alias is defined.
    if (values.length === 0) return [value]
  }
  return values
}
