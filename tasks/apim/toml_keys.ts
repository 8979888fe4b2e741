/** Whether a release reads the keys of settings, before anything is changed: on a node that has it, or from its pack. */
import { arg, defineModule, nearest, probe, z, type Facts, type Probe } from '../../src/module/index.ts'
import { isText, utf8 } from '../lib/content.ts'
import { withHome } from '../lib/home.ts'
import { answer } from '../lib/known.ts'
import { homeOf, packIn, packProbe, sayFindings } from './pack.ts'
import { isTable, merge, parse, same, type Table } from './toml/values.ts'

const args = z
  .strictObject({
    path: arg.path.describe('The deployment.toml on the host, in the home of its product. If it says all this already, nothing is read.'),
    pack: arg.listOf.describe(
      'The pack on the machine that runs aarun: its zip, its directory, or several of which later ones lie over earlier ones. Used as long as the host has no such file.',
    ),
    values: z.custom<Table>((value) => isTable(value), 'expected a mapping of keys to values').describe('Keys as deployment.toml has them.'),
    merge_key: z.string().default('name').describe('As of the toml module.'),
    secrets: arg.listOf.default([]).describe('Aliases that the values are expected to name as `$secret{alias}`; others are warned of.'),
  })
  .superRefine(({ path }, context) => {
    if (homeOf(path) === undefined) context.addIssue({ code: 'custom', path: ['path'], message: 'expected a path that ends in /repository/conf/deployment.toml' })
  })
type Args = z.output<typeof args>

const file = ({ path }: Args) => probe.file({ path, follow: true, content: true })

/** Undefined where there is none that can be read; it is told by the task that writes it. */
function textOf(args: Args, facts: Facts): string | undefined {
  const content = answer(facts, file(args))?.content
  return content && isText(content) ? utf8(content) : undefined
}

/** Where the rules are read: nowhere, in the home, or in the layers of the pack. */
function rulesFor(args: Args, facts: Facts): Probe<'texts'>[] {
  const text = textOf(args, facts)
  if (Object.keys(args.values).length === 0 || (text !== undefined && says(text, args))) return []
  return text === undefined ? args.pack.map((path) => packProbe(path, 'controller')) : [packProbe(homeOf(args.path)!)]
}

function says(text: string, { values, merge_key }: Args): boolean {
  try {
    const document = parse(text)
    return same(document, merge(document, values, { '*': merge_key }))
  } catch {
    // No TOML: for the task that edits it.
    return false
  }
}

const module = defineModule({
  name: 'toml_keys',
  collection: 'aarun.apim',
  changes: false,
  summary: 'Fails when a release of WSO2 API Manager does not read the keys of settings.',
  description: `The product ignores a key that none of its templates and rules reads: a misspelt one, or one of another release. The
rules are in each pack, so they are known before it is on any host.`,
  examples: `
- name: The settings are keys of the release
  toml_keys:
    path: /opt/apim/repository/conf/deployment.toml
    pack: [/srv/packs/wso2am-4.2.0.zip]
    values:
      apim: { ai: { enable: false } }
`,
  args,
  returns: { release: 'The release by whose rules the keys were held; absent when the file says it all already.' },
  observe: (args, known) => [file(args), ...(answer(known, file(args)) ? rulesFor(args, known) : [])],
  plan(args, facts) {
    facts.need(file(args))
    const warnings = idle(args, textOf(args, facts) ?? '')
    const rules = rulesFor(args, facts)
    if (rules.length === 0) return { changes: [], warnings }
    const where = rules.map(({ path }) => path).join(', ')
    const pack = packIn(where, ...rules.map((asked) => facts.need(asked)))
    if (!pack) return { changes: [], failed: `${where} has no repository/resources/conf with the rules of a release: it is no pack of WSO2 API Manager from 3.0.0 on` }
    const findings = pack.unread(args.values)
    return findings.length > 0 ? { changes: [], failed: sayFindings(findings) } : { changes: [], result: { release: pack.release }, warnings }
  },
})

/** Of aliases that nothing names, and which was probably meant. */
function idle({ secrets, values }: Args, document: string): string[] {
  const named = [...`${JSON.stringify(values)}${document}`.matchAll(/\$secret\{([^}]*)\}/g)].map(([, alias]) => alias!)
  return secrets
    .filter((alias) => !named.includes(alias))
    .map((alias) => {
      const [meant] = nearest(alias, named.filter((other) => !secrets.includes(other)))
      return `the secret ${alias} is used by nothing: no setting says $secret{${alias}}${meant === undefined ? '' : `; did you mean ${meant}?`}`
    })
}

export default withHome(['path'], module)
