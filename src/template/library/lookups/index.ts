import { at as pointAt, type Env } from '../../runtime/session.ts'
import { unknownPlugin } from '../../runtime/evaluate.ts'
import { find, type LookupTable } from '../../runtime/plugins.ts'
import type { Dict } from '../../runtime/values.ts'
import { fileLookups } from './files.ts'
import { listLookups } from './lists.ts'
import { nameLookups } from './variables.ts'
import { secretLookups } from './password.ts'

/** All lookups, by their short names. */
export function builtinLookups(): LookupTable {
  return new Map(Object.entries({ ...listLookups, ...fileLookups, ...nameLookups, ...secretLookups }))
}

/** Runs a lookup by name. Terms and options are plain data. */
export function lookupPlugin(name: string, terms: unknown[], options: Dict, env: Env, position: number): unknown[] {
  const plugin = find(env.session.services.lookups, name)
  if (!plugin) throw unknownPlugin('lookup', name, env.session.services.lookups.keys(), env, position)
  return pointAt(env, position, `lookup '${name}'`, () => plugin(terms, options, { env, at: position }))
}

