/** What a pack on the control machine is: its release, whether it is whole, which Java it wants. No host is asked. */
import { basename } from 'node:path'
import { arg, defineModule, type Facts, type Plan, type Probe, probe, Unknown, z } from '../../src/module/index.ts'
import { utf8 } from '../lib/content.ts'
import { releaseFindings } from './preflight/home.ts'
import { javaRange } from './preflight/java-range.ts'

const args = z.strictObject({
  path: arg.listOf.describe('A zip, a directory, or directories of which the later lie over the earlier.'),
  version: arg.text.describe('The release that it has to be.'),
  needs: arg.list.default([]).describe('Files that have to be in it, by their paths in the pack.'),
  script: arg.text.describe('Its start script, which says on which Java it runs.'),
  folder: arg.text.optional().describe('The folder that a zip has to unpack to.'),
})
type Args = z.output<typeof args>

const VERSION = 'bin/version.txt'
const isZip = (path: string): boolean => /\.zip$/i.test(path)
const zip = (path: string, { script }: Args) => probe.zip({ path, read: [VERSION, script] })
const tree = (path: string) => probe.tree({ path, on: 'controller' })
const file = (directory: string, name: string) => probe.file({ path: `${directory.replace(/\/+$/, '')}/${name}`, on: 'controller', follow: true, content: true })

/** Of each part of the pack. */
interface Part {
  problems: string[]
  exists: boolean
  /** Paths of its files, as in the home of a server. */
  names: Set<string>
  bytes: number
  version?: string
  script?: string
  /** The one folder of a zip. */
  folder?: string
}

export default defineModule({
  name: 'pack_info',
  collection: 'aarun.apim',
  changes: false,
  summary: 'Looks at a pack of WSO2 API Manager on the machine that runs aarun: which release it is, and whether it is whole.',
  description: `A zip that was cut off, a directory that lacks files, another product or release, a zip that unpacks to another folder than
the home of the nodes: all of it is said before anything is copied. Of a zip only the directory at its end and two small files are
read, so half a gigabyte costs no more than a moment. It never fails: the findings are for \`preflight_report\`.`,
  examples: `
- name: What is in the pack
  pack_info:
    path: /srv/packs/wso2am-3.2.0.zip
    version: '3.2.0'
    needs: [bin/version.txt, repository/conf/deployment.toml]
    script: bin/wso2server.sh
    folder: wso2am-3.2.0
  register: pack
`,
  args,
  returns: {
    exists: 'Whether there is anything at the paths.',
    findings: 'What is wrong with it, one text each.',
    release: 'What it calls itself.',
    java: 'Lowest and highest Java that its start script names.',
    mb: 'Room that it takes when it is unpacked.',
  },
  observe: (wanted) => wanted.path.flatMap((path): Probe[] => (isZip(path) ? [zip(path, wanted)] : [tree(path), file(path, VERSION), file(path, wanted.script)])),
  plan(wanted, facts): Plan {
    const parts = wanted.path.map((path) => (isZip(path) ? zipPart(path, wanted, facts) : directoryPart(path, wanted, facts)))
    const label = wanted.path.join(', ')
    // The later lies over the earlier.
    const release = parts.map(({ version }) => version).findLast((text) => text !== undefined)
    const script = parts.map((part) => part.script).findLast((text) => text !== undefined)
    const problems = parts.flatMap((part) => part.problems)
    const lost = wanted.needs.filter((name) => !parts.some(({ names }) => names.has(name)))
    const folder = parts.map((part) => part.folder).find((name) => name !== undefined)
    const findings = [
      ...problems,
      ...(problems.length > 0 || lost.length === 0 ? [] : [`the pack ${label} lacks ${lost.slice(0, 5).join(', ')}${lost.length > 5 ? ` and ${lost.length - 5} more` : ''}: it is not whole, or no pack of this release; unpack it anew`]),
      ...(release === undefined ? [] : releaseFindings(release, wanted.version, `the pack ${label} is`, 'correct apim.version, or apim.pack')),
      ...(folder === undefined || wanted.folder === undefined || folder === wanted.folder ? [] : [`the pack ${label} unpacks to ${folder}, but apim_node.home ends in ${wanted.folder}: make them the same`]),
    ]
    const java = script === undefined ? undefined : javaRange(script)
    return {
      changes: [],
      result: {
        exists: parts.every(({ exists }) => exists),
        findings,
        ...(release === undefined ? {} : { release: release.trim().split('\n')[0] }),
        ...(java === undefined ? {} : { java }),
        mb: Math.ceil(parts.reduce((sum, { bytes }) => sum + bytes, 0) / 1024 / 1024),
      },
    }
  },
})

const none: Part = { problems: [], exists: true, names: new Set(), bytes: 0 }

function zipPart(path: string, wanted: Args, facts: Facts): Part {
  const fact = facts.get(zip(path, wanted))
  // An earlier task is going to fetch it.
  if (fact instanceof Unknown) return none
  if (!fact.exists) return { ...none, exists: false, problems: [`there is no pack at ${path}: correct apim.pack`] }
  if (fact.problem !== undefined) return { ...none, problems: [`the pack ${path} can not be used: ${fact.problem}`] }
  const tops = [...new Set(fact.names.map((name) => name.split('/')[0] as string))]
  const inside = fact.names.map((name) => (tops.length === 1 ? name.slice(name.indexOf('/') + 1) : name))
  return { ...none, names: new Set(inside), bytes: fact.size, version: fact.texts[VERSION], script: fact.texts[wanted.script], ...(tops.length === 1 && { folder: tops[0] }) }
}

function directoryPart(path: string, wanted: Args, facts: Facts): Part {
  const entries = facts.get(tree(path))
  if (entries instanceof Unknown) return none
  const [root] = entries
  if (root === undefined) return { ...none, exists: false, problems: [`there is no pack at ${path}: correct apim.pack`] }
  if (root.type !== 'directory') return { ...none, problems: [`the pack ${path} is neither a zip (its name would end in .zip) nor a directory: ${basename(path)} is a ${root.type}`] }
  const text = (name: string): string | undefined => {
    const fact = facts.get(file(path, name))
    return fact instanceof Unknown || !fact.content ? undefined : utf8(fact.content)
  }
  return {
    ...none,
    names: new Set(entries.filter(({ type }) => type !== 'directory').map((entry) => entry.path)),
    bytes: entries.reduce((sum, { size, type }) => sum + (type === 'file' ? (size ?? 0) : 0), 0),
    version: text(VERSION),
    script: text(wanted.script),
  }
}
