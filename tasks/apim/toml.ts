import { arg, defineModule, namesSecret, probe, z } from '../../src/module/index.ts'
import type { FileFact, Plan } from '../../src/module/index.ts'
import { TomlSyntaxError } from '../../src/product/index.ts'
import { isText, utf8 } from '../lib/content.ts'
import { createArgs, editArgs, editProbes, planEdit, type Edited } from '../lib/edit-file.ts'
import { backupReturns } from '../lib/file-result.ts'
import { withHome } from '../lib/home.ts'
import { answer } from '../lib/known.ts'
import { homeOf, packProbe } from './pack.ts'
import { isTable, merge, override, parse, plain, removeAt, unsayable, type MergeKeys, type Table } from './toml/values.ts'
import { edit, isExplicit } from './toml/edit.ts'
import { maskSides, secretBy } from './toml/mask.ts'
import { byRelease } from './toml/release.ts'
import { readKey } from './toml/scan.ts'

const table = z.custom<Table>((value) => isTable(value), 'expected a mapping of keys to values')

const args = z
  .strictObject({
    values: table
      .default({})
      .describe(
        'What the file must hold: tables are merged, all other values are replaced. A list of mappings is an array of tables.',
      ),
    overrides: table
      .default({})
      .describe('Values that win over `values` where both say something. What they say beyond `values` is not written.'),
    absent: arg.listOf.default([]).describe("Dotted keys that must not be there: 'apim.ai' or '\"odd.key\".x'."),
    merge_key: z
      .union([z.string(), z.record(z.string(), z.string())])
      .optional()
      .describe(
        "Merge arrays of tables by this key (for example 'name') instead of replacing them; or a mapping from the dotted path of an array to its key.",
      ),
    last: arg.listOf.default(['secrets']).describe('Tables that must be the last sections of the file, without comments inside.'),
    parents_first: arg.boolean.default(true).describe('Put a table before its sub-tables.'),
    secret_keys: arg.listOf
      .optional()
      .describe(
        'Keys or dotted paths (with *) whose values are hidden in the diff. Default: passwords, secrets, tokens and keys by their usual names.',
      ),
    home: arg.text
      .optional()
      .describe(
        "Home of the WSO2 API Manager whose deployment.toml this is, '' for none. Default: what stands before `/repository/conf/deployment.toml` in the path.",
      ),
    ...createArgs,
    ...editArgs,
  })
  .superRefine((value, context) => {
    const wrong = unsayable(value.values, '') ?? unsayable(value.overrides, '')
    if (wrong !== undefined) context.addIssue({ code: 'custom', path: ['values'], message: wrong })
    for (const key of value.absent) {
      const [keys, end] = readKey(key, 0)
      if (end !== key.length || keys.includes(''))
        context.addIssue({ code: 'custom', path: ['absent'], message: `expected a dotted key, got '${key}'` })
    }
  })
type Args = z.output<typeof args>

const module = defineModule({
  name: 'toml',
  collection: 'aarun.apim',
  summary: 'Sets values in a TOML file; comments, order and layout of everything else stay as they are.',
  description: `The desired values are compared with what the file says, not with its text, and only lines that must change are
changed. New tables go behind their relatives, and a table before its sub-tables (WSO2's parser fails when \`[apim]\` follows
\`[apim.x]\`). \`[secrets]\` stays the last section and is kept free of comments: WSO2's cipher tool cuts the file otherwise. Texts
such as \`$ref{a.b}\`, \`$env{X}\`, \`$secret{alias}\` and \`\${carbon.home}\` are ordinary texts.`,
  examples: `
- name: the database of both nodes
  toml:
    path: /opt/apim/repository/conf/deployment.toml
    values:
      database:
        apim_db: { type: mysql, url: 'jdbc:mysql://db/apim_db?useSSL=true&amp;x=1', username: apim, password: '$secret{apim_db}' }
- name: one url group for each node, and no commented experiments
  toml:
    path: /opt/apim/repository/conf/deployment.toml
    merge_key: name
    values:
      apim:
        gateway:
          environment:
            - { name: Default, type: hybrid, ws_endpoint: 'ws://gw.example.com:9099' }
    absent: [apim.analytics]
`,
  args,
  returns: { msg: "'values changed', 'file created' or empty.", ...backupReturns },
  observe(args, known) {
    const change = changeOfHome(args, answer(known, file(args.path)))
    return [...editProbes(args, known), ...(change ? [packProbe(change.home)] : [])]
  },
  plan(args, facts, context): Plan {
    const missing = args.create ? undefined : `${args.path} does not exist: use create: true to make it`
    const isSecret = args.secret_keys ? secretBy(args.secret_keys) : namesSecret
    const plan = planEdit(
      args,
      (text) => rewrite(args, text),
      missing,
      facts,
      context,
      (before, after) => maskSides(before, after, isSecret),
    )
    const change = plan.changes.length > 0 ? changeOfHome(args, facts.need(file(args.path))) : undefined
    return change ? byRelease(plan, { ...change, path: args.path, values: written(args), isSecret }, facts, context) : plan
  },
})

const file = (path: string) => probe.file({ path, follow: true, content: true })

/** The text of a home's deployment.toml, as it is and as it will be; undefined where it stays or is none. */
function changeOfHome(args: Args, fact: FileFact | undefined): { home: string; before: string; after: string } | undefined {
  const home = args.home ?? homeOf(args.path)
  const before = fact?.content && isText(fact.content) ? utf8(fact.content) : fact?.exists === false && args.create ? '' : undefined
  if (!home || before === undefined) return undefined
  const after = rewrite(args, before).text
  return after === undefined || after === before ? undefined : { home, before, after }
}

const keysOf = ({ merge_key }: Args): MergeKeys => (typeof merge_key === 'string' ? { '*': merge_key } : (merge_key ?? {}))

/** What the task writes. */
const written = (args: Args): Table => override(plain(args.values), plain(args.overrides), keysOf(args)) as Table

function rewrite(args: Args, text: string | undefined): Edited {
  try {
    const desired = parse(text ?? '')
    for (const key of args.absent) removeAt(desired, readKey(key, 0)[0], (keys) => isExplicit(text ?? '', keys))
    const edited = edit(text ?? '', merge(desired, written(args), keysOf(args)) as Table, {
      last: args.last,
      parentsFirst: args.parents_first,
    })
    return { text: edited, msg: text === undefined ? 'file created' : edited === text ? '' : 'values changed' }
  } catch (error) {
    const where = error instanceof TomlSyntaxError ? `:${error.line}:${error.column}` : ''
    return {
      msg: '',
      failed: `${args.path}${where}: ${error instanceof TomlSyntaxError ? 'TOML syntax error: ' : ''}${(error as Error).message}`,
    }
  }
}

export default withHome(['path', 'home'], module)
