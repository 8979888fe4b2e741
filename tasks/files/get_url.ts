import { posix } from 'node:path'
import { arg, defineModule, probe, z } from '../../src/module/index.ts'
import type { Action, Change, Facts, FileFact, Plan, Probe } from '../../src/module/index.ts'
import { attributesFor, planAttributes } from '../lib/attributes.ts'
import { checksumProbe, readChecksums, type Algorithm } from './checksum.ts'
import { unreadSide } from '../lib/content.ts'
import { destinationOf, destinationProbes, type Destination, type Wish } from './destination.ts'
import { downloadCommand, downloader, downloadProbes, shownUrl } from './download/command.ts'
import { downloadArgs, downloadOf, url } from './download/arguments.ts'
import { checksum, checksumProbes, expectedSum } from './download/expected-checksum.ts'
import { withHome } from '../lib/home.ts'
import { answer, needAll } from '../lib/known.ts'
import { backupResult, backupReturns, fileResult } from '../lib/file-result.ts'
import { writeArgs } from '../lib/write.ts'

const args = z.strictObject({
  url: url.describe('What to download.'),
  dest: arg.path.describe('Where to on the host: a file, or a directory, in which the file gets its name from the URL.'),
  checksum: checksum
    .optional()
    .describe(
      "'sha256:HEX', or 'sha256:URL' of a list. A file that has it is not downloaded again; a download that has not is thrown away.",
    ),
  force: arg.boolean
    .default(false)
    .describe('Without checksum: replace a file whose content is no longer that of the URL; false: only get what is missing.'),
  backup: writeArgs.backup,
  tmp_dest: arg.path
    .optional()
    .describe('Accepted for compatibility: the download is made beside dest, and takes its place at once.'),
  unsafe_writes: writeArgs.unsafe_writes,
  ...downloadArgs,
  ...arg.fileAttributes,
})
type Args = z.output<typeof args>

const module = defineModule({
  name: 'get_url',
  summary: 'Downloads a file to the host, which makes the request itself.',
  description: 'Uses curl on the host, or wget where there is no curl. Headers and passwords never appear on a command line.',
  examples: `
- name: the JDBC driver
  get_url:
    url: https://repo1.maven.org/maven2/com/mysql/mysql-connector-j/8.4.0/mysql-connector-j-8.4.0.jar
    dest: /opt/apim/repository/components/lib/
    checksum: sha256:d77962877d010777cff997015da90ee689f0f4bb76848340e1488f2b83332af5
`,
  args,
  returns: {
    dest: 'Path of the file.',
    url: 'The URL.',
    msg: 'What was done.',
    ...backupReturns,
    mode: "'0644'.",
    owner: 'Owner.',
    group: 'Group.',
    size: 'Bytes.',
  },

  observe(args, known): Probe[] {
    const destination = destinationOf(wish(args), known)
    const exists = destination?.fact.type === 'file'
    const sum =
      exists && args.checksum && args.checksum.algorithm !== 'sha256'
        ? [checksumProbe(args.checksum.algorithm, [destination.path])]
        : []
    const programs = downloadProbes.every((asked) => answer(known, asked))
    const remote = exists && args.force && !args.checksum && programs ? contentHash(args, known) : []
    return [...destinationProbes(wish(args), known), ...checksumProbes(args.checksum), ...downloadProbes, ...sum, ...remote]
  },

  plan(args, facts, context): Plan {
    needAll(facts, [...destinationProbes(wish(args), facts), ...checksumProbes(args.checksum)])
    const destination = destinationOf(wish(args), facts)
    if (!destination) throw new Error('get_url: the destination was not asked')
    if (destination.failed !== undefined) return { changes: [], failed: destination.failed }
    const { path, fact } = destination
    const expected = args.checksum && expectedSum(args.checksum, [wish(args).name!, posix.basename(path)], facts)
    if (expected && 'failed' in expected) return { changes: [], failed: expected.failed }
    const wanted = expected && { algorithm: args.checksum!.algorithm, sum: expected.sum }
    const why = fact.type === 'file' ? outdated(args, path, fact, wanted?.sum, facts) : 'create'
    if (typeof why === 'object') return { changes: [], failed: why.failed }
    const result = { dest: path, url: shownUrl(args.url), ...fileResult(fact), ...backupResult(context) }
    if (why === undefined) return { changes: planAttributes(path, fact, args), result: { ...result, msg: 'file already exists' } }
    const program = downloader(downloadOf(args.url, args), facts)
    if (typeof program === 'object') return { changes: [], failed: program.failed }
    return { changes: [change(args, destination, why, program, wanted)], result: { ...result, msg: 'downloaded' } }
  },
})

const wish = ({ url, dest }: Args): Wish => ({ dest, follow: false, name: nameOf(url) })

/** The last part of the URL's path. */
function nameOf(source: string): string {
  const name = posix.basename(new URL(source).pathname)
  try {
    return posix.basename(decodeURIComponent(name)) || 'index.html'
  } catch {
    return name
  }
}

/** Hash of what the URL gives now; for `force` only. */
function contentHash(args: Args, facts: Facts): Probe<'command'>[] {
  const program = downloader(downloadOf(args.url, args), facts)
  if (typeof program === 'object') return []
  const command = downloadCommand(downloadOf(args.url, args), program, ['sha256sum', '@file@'])
  return [probe.command({ ...command, timeout: 3600, reads: [args.url] })]
}

/** Why the present file is not the wanted one. */
function outdated(
  args: Args,
  path: string,
  fact: FileFact,
  sum: string | undefined,
  facts: Facts,
): 'change' | undefined | { failed: string } {
  if (args.checksum) {
    const { algorithm } = args.checksum
    const have = algorithm === 'sha256' ? fact.sha256 : readChecksums(facts.need(checksumProbe(algorithm, [path]))).get(path)
    return have === sum ? undefined : 'change'
  }
  if (!args.force) return undefined
  needAll(facts, downloadProbes)
  const [asked] = contentHash(args, facts)
  if (!asked) return 'change'
  const { rc, stdout, stderr } = facts.need(asked)
  if (rc !== 0) return { failed: `${shownUrl(args.url)} can not be downloaded: ${stderr.trim()}` }
  return stdout.replace(/^\\/, '').slice(0, 64) === fact.sha256 ? undefined : 'change'
}

/** Tells whether a file has a checksum; always the same script, what differs are its arguments. */
const VERIFY = `
have=$("$1" <"$3") && have=\${have%% *} || exit
if [ "$have" != "$2" ]; then echo "the checksum of the download is $have, expected $2" >&2; exit 65; fi
`

function change(
  args: Args,
  { path, fact, makes }: Destination,
  why: string,
  program: 'curl' | 'wget',
  wanted?: { algorithm: Algorithm; sum: string },
): Change {
  const part = posix.join(posix.dirname(path), `.${posix.basename(path)}.aarun-part`)
  const then = wanted ? ['sh', '-c', VERIFY, 'sh', `${wanted.algorithm}sum`, wanted.sum, '@file@'] : ['true']
  const sha256 = wanted?.algorithm === 'sha256' ? wanted.sum : undefined
  const kept = fact.type === 'file' ? { mode: fact.mode, owner: fact.owner, group: fact.group } : {}
  const attributes = { ...kept, ...attributesFor(args, fact.type === 'file' ? fact : { exists: false }) }
  const isSet = Object.values(attributes).some((value) => value !== undefined)
  const set: Action = { kind: 'attributes', paths: [part], ...attributes }
  const place: Action[] =
    args.backup && fact.exists
      ? [
          { kind: 'copy', from: part, to: path, backup: true, ...attributes },
          { kind: 'remove', path: part },
        ]
      : [...(isSet ? [set] : []), { kind: 'rename', from: part, to: path }]
  return {
    summary: `${why} ${path} from ${shownUrl(args.url)}`,
    before: fact.exists ? unreadSide(fact.size, fact.sha256, { label: path }) : undefined,
    after: { label: path, text: `${shownUrl(args.url)}${wanted ? `, ${wanted.algorithm} ${wanted.sum.slice(0, 12)}…` : ''}\n` },
    actions: [
      ...(makes === undefined ? [] : [{ kind: 'mkdir', path: makes } as const]),
      {
        kind: 'run',
        ...downloadCommand(downloadOf(args.url, args), program, then, part),
        makes: [{ kind: 'file', path: part, fact: { exists: true, type: 'file', ...(sha256 !== undefined && { sha256 }) } }],
        complete: true,
      },
      ...place,
    ],
  }
}

export default withHome(['dest'], module)
