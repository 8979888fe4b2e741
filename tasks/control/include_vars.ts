import { arg, type Context, defineModule, type Facts, type Plan, type Probe, probe, Unknown, z } from '../../src/module/index.ts'
import { parseDocument } from 'yaml'
import { regexp } from '../lib/regexp-argument.ts'
import { varsFiles } from './vars-files.ts'

const args = z
  .strictObject({
    file: arg.path.optional().describe('YAML or JSON file of the project; looked up in vars/ first.'),
    dir: arg.path.optional().describe('Directory: all files in it, in alphabetical order.'),
    name: arg.text
      .refine((value) => /^[A-Za-z_]\w*$/.test(value), 'expected the name of a variable')
      .optional()
      .describe('Put all values in this one variable.'),
    depth: arg.integer.default(0).describe('How many levels of directories to read; 0: all.'),
    files_matching: regexp().optional().describe('With dir: only files whose names fit this regular expression.'),
    ignore_files: arg.list.default([]).describe('With dir: files to leave out; regular expressions.'),
    extensions: arg.list.default(['json', 'yaml', 'yml']).describe('With dir: endings of the files to read.'),
    ignore_unknown_extensions: arg.boolean.default(false).describe('Accepted: files with other endings are never read.'),
    hash_behaviour: z.enum(['replace', 'merge']).default('replace').describe('What happens to a mapping that is in two files.'),
  })
  .superRefine((value, context) => {
    if ((value.file === undefined) === (value.dir === undefined)) {
      context.addIssue({
        code: 'custom',
        message: value.file === undefined ? 'give file or dir: which variables are meant?' : 'give either file or dir, not both',
      })
    }
  })

type Args = z.output<typeof args>
type Vars = Record<string, unknown>

const treeProbe = (value: Args, context: Context) => probe.tree({ path: context.find('vars', value.dir!), on: 'controller' })
const fileProbe = (path: string) => probe.file({ path, follow: true, content: true, on: 'controller' })

function paths(value: Args, facts: Facts, context: Context): string[] {
  if (value.file !== undefined) return [context.find('vars', value.file)]
  const asked = treeProbe(value, context)
  const entries = facts.get(asked)
  return entries instanceof Unknown ? [] : varsFiles(entries, value).map((path) => `${asked.path.replace(/\/$/, '')}/${path}`)
}

/** Reads variables from files of the project. */
export default defineModule({
  name: 'include_vars',
  changes: false,
  summary: 'Read variables from files of the project while the play runs.',
  description:
    'Values may hold templates and secrets under vault. They come before variables of the play, and after those of set_fact and the command line.',
  examples: `
- name: What differs between systems
  include_vars: "{{ ansible_facts['os_family'] }}.yml"

- name: All settings of a site
  include_vars:
    dir: sites/{{ site }}
    name: site_settings
`,
  args,
  freeForm: 'file',
  returns: { ansible_facts: 'The variables.', ansible_included_var_files: 'The files.' },
  observe(value, known, context): Probe[] {
    if (value.file !== undefined) return paths(value, known, context).map(fileProbe)
    const tree = treeProbe(value, context)
    return known.has(tree) ? [tree, ...paths(value, known, context).map(fileProbe)] : [tree]
  },
  plan(value, facts, context): Plan {
    const files = paths(value, facts, context)
    let vars: Vars = {}
    for (const path of files) {
      const file = facts.need(fileProbe(path))
      if (file.type !== 'file' || !file.content)
        return {
          changes: [],
          failed: `${path} is no file that can be read${file.type === 'directory' ? ': give it as dir' : ''}`,
        }
      const loaded = load(path, new TextDecoder().decode(file.content), context)
      if (typeof loaded === 'string') return { changes: [], failed: loaded }
      vars = value.hash_behaviour === 'merge' ? merge(vars, loaded) : { ...vars, ...loaded }
    }
    const named = value.name === undefined ? vars : { [value.name]: vars }
    return { changes: [], result: { ansible_facts: named, ansible_included_var_files: files }, engine: { setVars: named } }
  },
})

/** The mapping in a file; a text says what is wrong with it. */
function load(path: string, text: string, context: Context): Vars | string {
  const value = context.loadYaml ? context.loadYaml(path, text) : plainYaml(path, text)
  if (value === null || value === undefined) return {}
  if (typeof value !== 'object' || Array.isArray(value))
    return `${path}: expected a mapping of variables, found ${Array.isArray(value) ? 'a list' : 'a single value'}`
  return value as Vars
}

function plainYaml(path: string, text: string): unknown {
  const document = parseDocument(text, { prettyErrors: true })
  // Where the run can't help, a secret or a text marked as unsafe must not pass for something else.
  const [error] = [...document.errors, ...document.warnings]
  if (error)
    throw new Error(`${path}:${error.linePos?.[0].line ?? 1}:${error.linePos?.[0].col ?? 1}: ${error.message.split('\n')[0]}`)
  return document.toJS()
}

function merge(below: Vars, above: Vars): Vars {
  const result: Vars = { ...below }
  for (const [key, value] of Object.entries(above)) {
    const old = Object.hasOwn(result, key) ? result[key] : undefined
    result[key] = isMapping(old) && isMapping(value) ? merge(old, value) : value
  }
  return result
}

const isMapping = (value: unknown): value is Vars =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
