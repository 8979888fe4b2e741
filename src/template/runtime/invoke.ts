import { unknownPlugin } from './evaluate.ts'
import { UnknownSignal } from './unknown-signal.ts'
import { findUnknown, force } from './lazy.ts'
import { truthy } from './operators.ts'
import { bind, find, type Plugin } from './plugins.ts'
import { at, type Env } from './session.ts'
import { type Dict, Unknown } from './values.ts'

/** Applies a filter by name. */
export function invokeFilter(env: Env, name: string, input: unknown, positional: unknown[], keyword: Dict, position: number): unknown {
  const filter = find(env.session.services.filters, name)
  if (!filter) {
    const test = find(env.session.services.tests, name)
    // Old playbooks write `result | succeeded`: tests as filters.
    if (test && legacyTests.has(name)) return invoke(env, `filter '${name}'`, test, input, positional, keyword, position)
    throw unknownPlugin('filter', name, env.session.services.filters.keys(), env, position)
  }
  return invoke(env, `filter '${name}'`, filter, input, positional, keyword, position)
}

const legacyTests = new Set(['match', 'search', 'version_compare', 'succeeded', 'success', 'failed', 'changed', 'skipped', 'superset', 'subset'])

/** True if a name that is no filter is one by the old spelling of tests. */
export function isLegacyFilter(name: string): boolean {
  return legacyTests.has(name)
}

/** Applies a test by name; an unknown value gives Unknown. */
export function invokeTest(env: Env, name: string, input: unknown, positional: unknown[], keyword: Dict, position: number): boolean | Unknown {
  const test = find(env.session.services.tests, name)
  if (!test) throw unknownPlugin('test', name, env.session.services.tests.keys(), env, position)
  const result = invoke(env, `test '${name}'`, test, input, positional, keyword, position)
  return result instanceof Unknown ? result : truthy(result)
}

function invoke(env: Env, what: string, plugin: Plugin, input: unknown, positional: unknown[], keyword: Dict, position: number): unknown {
  const { session } = env
  const plain = (value: unknown) => force(value, session)
  if (!plugin.lazy) {
    if (input instanceof Unknown) return input
    input = plain(input)
    positional = positional.map(plain)
    if (Object.keys(keyword).length > 0) keyword = plain(keyword) as Dict
    const unknown = positional.find((value) => value instanceof Unknown) ?? (session.sawUnknown ? findUnknown([input, positional, keyword]) : undefined)
    if (unknown) return unknown
  }
  try {
    return at(env, position, what, () => {
      const { args, rest } = bind(what, plugin.params, positional, keyword)
      return plugin.run(input, args, { env, at: position, rest })
    })
  } catch (error) {
    if (error instanceof UnknownSignal) return error.unknown
    throw error
  }
}
