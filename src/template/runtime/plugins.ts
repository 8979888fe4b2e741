import type { Env } from './session.ts'
import type { Dict } from './values.ts'

/** What a filter, test or lookup learns besides its arguments. */
export interface Call {
  env: Env
  /** Offset in the template, for errors. */
  at: number
  /** Keyword arguments that are no named parameter; only with a `**` parameter. */
  rest: Dict
}

/** What an author of templates gives: anything. A filter or method converts what it uses, or says what it expected. */
// biome-ignore lint/suspicious/noExplicitAny: the filters check it while they run, there is nothing to tell before
export type Given = any

/** A filter or test. Arguments arrive in the order of `params`, undefined where not given. */
export interface Plugin {
  params: string[]
  run(input: Given, args: Given[], call: Call): unknown
  /** Takes lazy, undefined and unknown values as they are, instead of plain data. */
  lazy: boolean
}

export type FilterTable = Map<string, Plugin>
export type TestTable = Map<string, Plugin>
export type GlobalTable = Map<string, (args: unknown[], kwargs: Dict, env: Env, at: number) => unknown>
/** A lookup plugin: from terms to a list of results. */
export type LookupPlugin = (terms: unknown[], kwargs: Dict, call: { env: Env; at: number }) => unknown[]
export type LookupTable = Map<string, LookupPlugin>

/** Defines a filter or test. `params` are names in order; `*rest` takes all further ones, `**` any keyword. */
export function plugin(params: string, run: Plugin['run'], options: { lazy?: boolean } = {}): Plugin {
  return { params: params === '' ? [] : params.split(' '), run, lazy: options.lazy ?? false }
}

/** Brings positional and keyword arguments into the order of a plugin's parameters. */
export function bind(what: string, params: string[], positional: unknown[], keyword: Dict): { args: unknown[]; rest: Dict } {
  const args: unknown[] = []
  const rest: Dict = {}
  const plain = params.filter((name) => !name.startsWith('*'))
  const variadic = params.some((name) => name.startsWith('*') && name !== '**')
  if (positional.length > plain.length && !variadic) {
    throw new Error(`${what} takes ${plain.length === 0 ? 'no arguments' : `at most ${plain.length} (${plain.join(', ')})`}, got ${positional.length}`)
  }
  for (const [index, value] of positional.entries()) args[index] = value
  while (args.length < plain.length) args.push(undefined)
  for (const name of Object.keys(keyword)) {
    const index = plain.indexOf(name)
    if (index === -1) {
      if (!params.includes('**')) throw new Error(`${what} has no argument '${name}'${plain.length > 0 ? `, only ${plain.join(', ')}` : ''}`)
      rest[name] = keyword[name]
    } else if (index < positional.length) throw new Error(`${what} got its argument '${name}' twice`)
    else args[index] = keyword[name]
  }
  return { args, rest }
}

const collections = ['ansible.builtin.', 'ansible.legacy.', 'community.general.', 'ansible.utils.', 'ansible.netcommon.']

/** `ansible.builtin.combine` is `combine`. */
export function shortName(name: string): string {
  for (const collection of collections) if (name.startsWith(collection)) return name.slice(collection.length)
  return name
}

/** Finds a plugin by its short or fully qualified name. */
export function find<T>(table: Map<string, T>, name: string): T | undefined {
  return table.get(name) ?? table.get(shortName(name))
}
