/** What a TOML file says, flat, so that files of several hosts can be compared by value. */
import { arg, defineModule, probe, z } from '../../src/module/index.ts'
import { TomlSyntaxError } from '../../src/product/index.ts'
import { utf8 } from '../lib/content.ts'
import { withHome } from '../lib/home.ts'
import { isTable, isTables, parse } from './toml/values.ts'

const args = z.strictObject({
  path: arg.path.meta({ description: 'The file on the host.', aliases: ['src'] }),
  name_key: z.string().default('name').describe('The key by which tables of an array are told apart; without it, by their place.'),
})

const file = ({ path }: z.output<typeof args>) => probe.file({ path, follow: true, content: true })

const module = defineModule({
  name: 'toml_info',
  collection: 'aarun.apim',
  changes: false,
  summary: 'Reads the values of a TOML file, flat: one entry for each key.',
  description: `Keys are dotted paths; tables of an array carry their name, \`apim.gateway.environment[Default].type\`, or their place.
Comments, order and layout are not part of it. Passwords in the file are part of it: use \`no_log: true\`.`,
  examples: `
- name: What the node is configured for
  toml_info:
    path: "{{ apim_home }}/repository/conf/deployment.toml"
  register: configuration
  no_log: true
`,
  args,
  returns: { values: 'mapping of dotted key to value; a list is a value.' },
  observe: (args) => [file(args)],
  plan: (args, facts) => {
    const fact = facts.need(file(args))
    if (!fact.exists) return { changes: [], failed: `file not found: ${args.path}` }
    if (!fact.content) return { changes: [], failed: `${args.path} is not a file that can be read` }
    try {
      const values: Record<string, unknown> = {}
      flatten(parse(utf8(fact.content)), '', args.name_key, values)
      return { changes: [], result: { values } }
    } catch (error) {
      if (!(error instanceof TomlSyntaxError)) throw error
      return { changes: [], failed: `${args.path}:${error.line}:${error.column}: TOML syntax error: ${error.message}` }
    }
  },
})

function flatten(value: unknown, path: string, nameKey: string, into: Record<string, unknown>): void {
  if (isTables(value)) {
    for (const [index, table] of value.entries()) {
      const name = table[nameKey]
      flatten(table, `${path}[${typeof name === 'string' ? name : index}]`, nameKey, into)
    }
  } else if (isTable(value)) {
    for (const [key, item] of Object.entries(value)) flatten(item, path === '' ? key : `${path}.${key}`, nameKey, into)
  } else into[path] = value instanceof Date ? value.toISOString() : value
}

export default withHome(['path'], module)
