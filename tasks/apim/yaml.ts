/** Values in a YAML file, such as the deployment.yaml of API Manager Analytics. */
import { defineModule, namesSecret, z } from '../../src/module/index.ts'
import type { Plan } from '../../src/module/index.ts'
import { createArgs, editArgs, editProbes, planEdit, type Edited } from '../lib/edit-file.ts'
import { backupReturns } from '../lib/file-result.ts'
import { isTable, setValues, type MergeKeys, type Table } from './yaml/edit.ts'

const args = z.strictObject({
  values: z
    .custom<Table>((value) => isTable(value), 'expected a mapping of keys to values')
    .describe('What the file must hold: mappings are merged, all other values are replaced.'),
  merge_key: z
    .record(z.string(), z.string())
    .default({})
    .describe(
      'Merge lists of mappings instead of replacing them: from the dotted path of a list to the key (dotted, where it lies deeper) that names its items.',
    ),
  ...createArgs,
  ...editArgs,
})

const module = defineModule({
  name: 'yaml',
  collection: 'aarun.apim',
  summary: 'Sets values in a YAML file; comments and everything else stay.',
  description: `The desired values are compared with what the file says, not with its text. A file that says so already is not touched; one
that is changed may be indented anew. Values of passwords, tokens and keys are hidden in the diff.`,
  examples: `
- name: The database of API Manager Analytics
  yaml:
    path: /opt/analytics/conf/worker/deployment.yaml
    merge_key: { wso2.datasources.dataSources: name }
    values:
      wso2.datasources:
        dataSources:
          - { name: APIM_ANALYTICS_DB, definition: { configuration: { username: analytics } } }
`,
  args,
  returns: { msg: "'values changed', 'file created' or empty.", ...backupReturns },
  observe: (args, known) => editProbes(args, known),
  plan(args, facts, context): Plan {
    const missing = args.create ? undefined : `${args.path} does not exist: use create: true to make it`
    return planEdit(args, (text) => rewrite(args, text), missing, facts, context, maskSides)
  },
})

function rewrite(args: { path: string; values: Table; merge_key: MergeKeys }, text: string | undefined): Edited {
  try {
    const edited = setValues(text ?? '', args.values, args.merge_key)
    return { text: edited, msg: text === undefined ? 'file created' : edited === text ? '' : 'values changed' }
  } catch (error) {
    return { msg: '', failed: `${args.path}: ${(error as Error).message}` }
  }
}

const SECRET = /^(\s*(?:- )?["']?([\w.-]+)["']?\s*:\s+)(?=\S)(.*)$/gm

/** Both sides; a secret that differs is marked, so that the line shows up. */
function maskSides(before: string | undefined, after: string): { before?: string; after: string } {
  const hide = (text: string, known: Set<string>, mark: string): string =>
    text.replace(SECRET, (all: string, head: string, key: string, value: string) => (namesSecret([key]) || /pass$/i.test(key) ? `${head}********${known.has(value) ? '' : mark}` : all))
  const values = new Set([...(before ?? '').matchAll(SECRET)].map((match) => match[3]!))
  return { ...(before !== undefined && { before: hide(before, values, '') }), after: hide(after, values, ' (another value)') }
}

export default module
