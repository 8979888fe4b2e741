/** What is installed in a home of the product: release, update level, and every jar by its content. */
import { createHash } from 'node:crypto'
import { arg, defineModule, type Facts, type Plan, type Probe, probe, Unknown, z } from '../../src/module/index.ts'
import { utf8 } from '../lib/content.ts'

const args = z.strictObject({
  home: arg.path.meta({ description: 'CARBON_HOME of the product.', aliases: ['path'] }),
})
type Args = z.output<typeof args>

/** An update brings jars here, and so does who adds a driver or a patch. What a start makes of them is not among them. */
const FOLDERS = ['plugins', 'lib', 'patches']
const folder = ({ home }: Args, name: string) => probe.tree({ path: `${home}/repository/components/${name}`, checksum: true })
const file = ({ home }: Args, name: string) => probe.file({ path: `${home}/${name}`, follow: true, content: true })
const RELEASE = 'bin/version.txt'
const UPDATES = 'updates/config.json'

export default defineModule({
  name: 'home_info',
  collection: 'aarun.apim',
  changes: false,
  summary: 'Says which release and update level of WSO2 API Manager is in a home, and every jar in it by its content.',
  description: `For comparing nodes: an update level is nothing but other jars, and two jars of one size are not always the same. \`digest\`
stands for all of it, so that a thousand jars are compared only where something differs.`,
  examples: `
- name: What is installed
  home_info:
    home: /opt/wso2/wso2am-4.2.0
  register: installed
`,
  args,
  returns: {
    release: 'What it calls itself.',
    update_level: 'Of its updates, where there are any.',
    files: 'Mapping of each file in plugins, lib and patches to its SHA-256; besides `release` and `update level`.',
    digest: 'SHA-256 over all of it.',
  },
  observe: (wanted): Probe[] => [...FOLDERS.map((name) => folder(wanted, name)), file(wanted, RELEASE), file(wanted, UPDATES)],
  plan(wanted, facts): Plan {
    const release = textOf(file(wanted, RELEASE), facts)?.trim()
    const updates = textOf(file(wanted, UPDATES), facts)
    const level = updates === undefined ? undefined : levelOf(updates)
    const jars = FOLDERS.flatMap((name) =>
      facts.need(folder(wanted, name)).flatMap(({ path, sha256 }) => (sha256 === undefined ? [] : [[`${name}/${path}`, sha256] as const])),
    )
    const files = Object.fromEntries([...jars, ['release', release ?? ''], ['update level', level ?? '']])
    const digest = createHash('sha256').update(JSON.stringify(Object.entries(files))).digest('hex')
    return { changes: [], result: { ...(release === undefined ? {} : { release }), ...(level === undefined ? {} : { update_level: level }), files, digest } }
  },
})

function textOf(question: Probe<'file'>, facts: Facts): string | undefined {
  const fact = facts.get(question)
  return fact instanceof Unknown || !fact.content ? undefined : utf8(fact.content)
}

/** The level that the update tool has noted; the whole note where it has another form. */
function levelOf(text: string): string {
  try {
    const value = (JSON.parse(text) as Record<string, unknown>)['update-level']
    return value === undefined ? text.trim() : String(value)
  } catch {
    return text.trim()
  }
}
