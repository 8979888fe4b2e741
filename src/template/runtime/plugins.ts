import type { Plugin } from './session.ts'
import type { Dict } from './values.ts'

export type { Call, FilterTable, Given, GlobalTable, LookupPlugin, LookupTable, Plugin, TestTable } from './session.ts'

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
