import { posix } from 'node:path'
import { arg, defineModule, probe, z } from '../../src/module/index.ts'
import type { Change, Context, Facts, Plan, Probe } from '../../src/module/index.ts'
import { attributesLeft, attributesFor, isNothing } from '../lib/attributes.ts'
import { extractActions, isThere, listingProbe, type Archive } from './unarchive/extract.ts'
import { explainFailure, formatOf, readList, type Choice, type Member } from './unarchive/formats.ts'
import { downloader, downloadProbes } from './download/command.ts'
import { downloadArgs, downloadOf } from './download/arguments.ts'
import { withHome } from '../lib/home.ts'
import { answer, needAll } from '../lib/known.ts'
import { fileResult } from '../lib/file-result.ts'

const args = z
  .strictObject({
    src: arg.path.describe(
      'The archive: a file of the project, with remote_src a path on the host or a URL. tar (gz, bz2, xz, zst) or zip.',
    ),
    dest: arg.path.describe('Directory on the host; it must exist.'),
    remote_src: arg.boolean.optional().describe('The archive is on the host, or src is a URL that the host downloads.'),
    copy: arg.boolean.optional().describe('The opposite of remote_src (old name).'),
    creates: arg.path.optional().describe('When this path exists, nothing is done: the archive is not even looked at.'),
    list_files: arg.boolean.default(false).describe('Give the names of all members.'),
    include: arg.listOf.default([]).describe('Only these members.'),
    exclude: arg.listOf.default([]).describe('Not these members.'),
    extra_opts: arg.listOf.default([]).describe('More options for tar or unzip, each its own item.'),
    keep_newer: arg.boolean.default(false).describe('Leave files alone that are newer than in the archive.'),
    decrypt: arg.boolean.default(true).describe('Accepted for compatibility: an encrypted archive is an error.'),
    unsafe_writes: arg.boolean.default(false).describe('Accepted for compatibility.'),
    ...downloadArgs,
    ...arg.fileAttributes,
  })
  .superRefine((value, context) => {
    if (value.copy !== undefined && value.remote_src !== undefined)
      context.addIssue({ code: 'custom', path: ['copy'], message: 'copy and remote_src exclude each other' })
    if (value.mode === 'preserve')
      context.addIssue({ code: 'custom', path: ['mode'], message: "expected a mode such as 'u=rwX,go=rX'" })
    if (isUrl(value.src) && !(value.remote_src ?? value.copy === false)) {
      context.addIssue({ code: 'custom', path: ['src'], message: 'a URL needs remote_src: true, because the host downloads it' })
    }
  })
type Args = z.output<typeof args>

const module = defineModule({
  name: 'unarchive',
  summary: 'Unpacks an archive on the host, when what is in it is not there yet.',
  description: `The list of members is compared with the host: a member that is missing, or whose size or time differs, means that the archive
is unpacked. Files that were changed after unpacking differ too: use \`creates\` where the content is edited later. An archive of the
project is sent only when it has to be unpacked. mode, owner and group go to everything that is in the archive.`,
  examples: `
- name: the product
  unarchive: { src: wso2am-4.3.0.zip, dest: /opt, owner: apim, group: apim, creates: /opt/wso2am-4.3.0/bin/api-manager.sh }
- name: without the top directory
  unarchive: { src: 'https://example.com/tool.tar.gz', remote_src: true, dest: /opt/tool, extra_opts: [--strip-components=1] }
`,
  args,
  returns: {
    dest: 'The directory.',
    src: 'The archive.',
    handler: 'TarArchive or ZipArchive.',
    files: 'Names of all members, with list_files.',
    mode: 'Permission bits of dest.',
    owner: 'Owner of dest.',
    group: 'Group of dest.',
  },

  observe(args, known, context): Probe[] {
    if (args.creates !== undefined && !known.has(creates(args))) return [creates(args)]
    if (args.creates !== undefined && answer(known, creates(args))?.exists !== false) return [creates(args)]
    const archive = archiveOf(args, context)
    const programs = archive.from === 'url' ? downloadProbes : []
    const list = listingProbe(archive, choice(args), known)
    const places = membersOf(args, archive, known).map((member) => placeOf(args, member))
    const before = args.creates === undefined ? [] : [creates(args)]
    return [...before, ...sourceProbes(archive), ...programs, directory(args), ...(list ? [list] : []), ...places]
  },

  plan(args, facts, context): Plan {
    if (args.creates !== undefined && facts.need(creates(args)).exists)
      return { changes: [], skipped: `skipped, since ${args.creates} exists` }
    const archive = archiveOf(args, context)
    const wrong = whyNot(args, archive, facts)
    if (wrong !== undefined) return { changes: [], failed: wrong }
    const members = membersOf(args, archive, facts)
    needAll(
      facts,
      members.map((member) => placeOf(args, member)),
    )
    const missing = members.filter(
      (member) => !isThere(archive.format, member, facts.need(placeOf(args, member)), args.keep_newer),
    )
    const extract = missing.length > 0 ? extraction(args, archive, members, missing, facts) : []
    if ('failed' in extract) return { changes: [], failed: extract.failed }
    const dest = facts.need(directory(args))
    const result = {
      ...fileResult(dest),
      dest: args.dest,
      src: args.src,
      handler: archive.format === 'zip' ? 'ZipArchive' : 'TarArchive',
    }
    return {
      changes: [...extract, ...attributes(args, members, missing, facts)],
      result: args.list_files ? { ...result, files: members.map(({ name }) => name) } : result,
    }
  },
})

const isUrl = (src: string): boolean => /^[a-z]+:\/\//.test(src)
const creates = (args: Args) => probe.file({ path: args.creates!, follow: true })
const directory = ({ dest }: Args) => probe.file({ path: dest, follow: true })
const placeOf = ({ dest }: Args, { name, type }: Member) =>
  probe.file({ path: posix.join(dest, name), follow: type === 'directory' })
const choice = ({ include, exclude, extra_opts }: Args): Choice => ({ include, exclude, extraOpts: extra_opts })

function archiveOf(args: Args, context: Context): Archive {
  const format = formatOf(isUrl(args.src) ? new URL(args.src).pathname : args.src)
  if (isUrl(args.src)) return { from: 'url', download: downloadOf(args.src, args), format }
  const remote = args.remote_src ?? args.copy === false
  return remote ? { from: 'host', path: args.src, format } : { from: 'controller', path: context.find('files', args.src), format }
}

function sourceProbes(archive: Archive): Probe<'file'>[] {
  return archive.from === 'url'
    ? []
    : [probe.file({ path: archive.path, follow: true, checksum: archive.from === 'controller', on: archive.from })]
}

function membersOf(args: Args, archive: Archive, facts: Facts): Member[] {
  const asked = listingProbe(archive, choice(args), facts)
  const list = asked && answer(facts, asked)
  return list ? readList(archive.format, list) : []
}

/** What makes it impossible to unpack. */
function whyNot(args: Args, archive: Archive, facts: Facts): string | undefined {
  needAll(facts, [directory(args), ...sourceProbes(archive)])
  const dest = facts.need(directory(args))
  if (dest.type !== 'directory')
    return `dest '${args.dest}' must be an existing directory: make it first with file: state=directory`
  if (archive.from !== 'url') {
    const source = facts.need(sourceProbes(archive)[0]!)
    if (source.type !== 'file')
      return `Source '${args.src}' ${source.exists ? `is a ${source.type}, not an archive` : `does not exist on the ${archive.from}`}`
  } else {
    needAll(facts, downloadProbes)
    const program = downloader(archive.download, facts)
    if (typeof program === 'object') return program.failed
  }
  const list = facts.need(listingProbe(archive, choice(args), facts)!)
  // unzip and tar warn with 1.
  if (list.rc > (archive.format === 'zip' ? 1 : 0)) {
    return `${args.src} can not be read: ${explainFailure(archive.format, list, archive.from === 'controller' ? 'this machine' : 'the host')}`
  }
  return undefined
}

function extraction(
  args: Args,
  archive: Archive,
  members: Member[],
  missing: Member[],
  facts: Facts,
): Change[] | { failed: string } {
  const source = archive.from === 'controller' ? facts.need(sourceProbes(archive)[0]!) : undefined
  const actions = extractActions(
    archive,
    { ...choice(args), dest: args.dest, keepNewer: args.keep_newer, members },
    source,
    facts,
  )
  if ('failed' in actions) return actions
  const names = (list: Member[]) =>
    `${list
      .slice(0, 50)
      .map(({ name }) => `${name}\n`)
      .join('')}${list.length > 50 ? `… and ${list.length - 50} more\n` : ''}`
  const there = missing.filter((member) => facts.need(placeOf(args, member)).exists)
  return [
    {
      summary: `unpack ${posix.basename(args.src)} into ${args.dest} (${missing.length} of ${members.length} are missing or differ)`,
      before: { text: names(there.map((member) => ({ ...member, name: `${member.name} (differs)` }))) },
      after: { text: names(missing) },
      actions,
    },
  ]
}

/** Attributes of all that is unpacked, after unpacking. */
function attributes(args: Args, members: Member[], missing: Member[], facts: Facts): Change[] {
  if (args.mode === undefined && args.owner === undefined && args.group === undefined) return []
  const anew = new Set(missing)
  const groups = new Map<string, { left: ReturnType<typeof attributesLeft>; paths: string[] }>()
  for (const member of members) {
    if (member.type === 'link' || member.type === 'other') continue
    const fact = facts.need(placeOf(args, member))
    const left = anew.has(member)
      ? attributesFor(args, { exists: member.mode !== undefined, mode: member.mode }, member.type === 'directory')
      : attributesLeft(args, fact)
    if (isNothing(left)) continue
    const group = groups.get(JSON.stringify(left)) ?? { left, paths: [] }
    group.paths.push(posix.join(args.dest, member.name))
    groups.set(JSON.stringify(left), group)
  }
  const actions = [...groups.values()].map(({ left, paths }) => ({ kind: 'attributes', paths, ...left }) as const)
  const count = actions.reduce((sum, { paths }) => sum + paths.length, 0)
  return actions.length === 0 ? [] : [{ summary: `set attributes of ${count} in ${args.dest}`, actions }]
}

export default withHome(
  ({ remote_src, copy, src }) =>
    (remote_src ?? copy === false) && !isUrl(src) ? ['dest', 'src', 'creates'] : ['dest', 'creates'],
  module,
)
