import { posix } from 'node:path'
import { arg, defineModule, z } from '../../src/module/index.ts'
import type { Context, Facts, Plan, Probe } from '../../src/module/index.ts'
import { bytes, hashOf } from '../lib/content.ts'
import { fileOptions, planFile, replaceArgs, shaOf, writeProbes, type FileOptions, type Source } from './copy/one-file.ts'
import { copyTreeProbes, planTree } from './copy/tree.ts'
import { destinationOf, destinationProbes, makeDirectory, type Wish } from './destination.ts'
import { withHome } from '../lib/home.ts'
import { toJson } from './copy/json.ts'
import { answer, needAll } from '../lib/known.ts'
import { attributeReturns, backupResult, backupReturns, contentSums, fileResult, sumReturns } from '../lib/file-result.ts'
import { LARGE, readContent, sourceContent, sourceProbe, type Side } from './copy/source.ts'
import { writeArgs } from '../lib/write.ts'

const args = z
  .strictObject({
    src: arg.path
      .optional()
      .describe(
        'File or directory to copy. A directory that ends with / stands for what is in it. Relative: looked up in files/.',
      ),
    content: z.any().optional().describe('Content of the file, instead of src. A mapping or a list is written as JSON.'),
    dest: arg.path.describe('Where to on the host: a file, or a directory (it exists, or ends with /).'),
    remote_src: arg.boolean.default(false).describe('src is a path on the host.'),
    ...replaceArgs,
    force: replaceArgs.force.meta({ aliases: ['thirsty'] }),
    local_follow: arg.boolean.default(true).describe('Copy what symbolic links of src lead to; false: copy the links.'),
    directory_mode: arg.mode.optional().describe('Mode of directories that are made; those that exist keep theirs.'),
    checksum: z.string().optional().describe('SHA-1 or SHA-256 that src must have.'),
    decrypt: arg.boolean.default(true).describe('Refuse a vault-encrypted src; false: copy it as it is.'),
    ...writeArgs,
    ...arg.fileAttributes,
  })
  .superRefine((value, context) => {
    const given = Number(value.src !== undefined) + Number(value.content !== undefined)
    if (given !== 1) context.addIssue({ code: 'custom', message: 'expected one of src and content' })
    if (value.content !== undefined && value.remote_src)
      context.addIssue({ code: 'custom', message: 'content and remote_src exclude each other' })
    if (value.content !== undefined && value.dest.endsWith('/')) {
      context.addIssue({ code: 'custom', path: ['dest'], message: 'can not use content with a directory as dest: name the file' })
    }
  })
type Args = z.output<typeof args>

/** The copied thing, as far as it is known. */
interface Copied {
  wish: Wish
  source?: Source
  directory?: string
  failed?: string
}

const module = defineModule({
  name: 'copy',
  summary: 'Copies a file, a directory tree or given text to the host.',
  description: `Only hashes are compared: a file that is already there is not sent again. Binary content passes unharmed, and
files over 8 MB are streamed. In a tree, files of the host that src does not have are left alone.`,
  examples: `
- name: copy one file of the project
  copy: { src: logrotate.conf, dest: /etc/logrotate.d/apim, mode: '0644' }
- name: what is in a directory
  copy: { src: conf/, dest: /opt/apim/conf/, owner: apim }
- name: text
  copy:
    dest: /etc/motd
    content: |
      Managed host: changes made here are lost.
`,
  args,
  returns: {
    dest: 'Path that was written (or is already as desired).',
    src: 'What was copied.',
    ...sumReturns,
    ...backupReturns,
    ...attributeReturns,
    size: 'Bytes.',
    state: 'file or directory.',
  },

  observe(args, known, context): Probe[] {
    const { probes, copied } = examine(args, known, context)
    if (!copied || copied.failed !== undefined) return probes
    if (copied.directory !== undefined) {
      return [...probes, ...copyTreeProbes(copied.directory, treeRoot(args), side(args), options(args), known)]
    }
    const destination = destinationProbes(copied.wish, known)
    const found = destinationOf(copied.wish, known)
    const writes = found && copied.source ? writeProbes(copied.source, found, options(args)) : []
    return [...probes, ...destination, ...writes]
  },

  plan(args, facts, context): Plan {
    const { probes, copied } = examine(args, facts, context)
    needAll(facts, probes)
    if (!copied) throw new Error('copy: the source was not asked')
    if (copied.failed !== undefined) return { changes: [], failed: copied.failed }
    if (copied.directory !== undefined) {
      const { changes, failed } = planTree(copied.directory, treeRoot(args), side(args), options(args), facts)
      return {
        changes,
        failed,
        result: { dest: treeRoot(args), src: copied.directory, state: 'directory', ...backupResult(context) },
      }
    }
    return planOne(args, copied, facts, context)
  },
})

function planOne(args: Args, { wish, source }: Copied, facts: Facts, context: Context): Plan {
  needAll(facts, destinationProbes(wish, facts))
  const destination = destinationOf(wish, facts)
  if (!destination || !source) throw new Error('copy: the destination was not asked')
  const { path, fact, failed, makes } = destination
  if (failed !== undefined) return { changes: [], failed }
  const content = 'content' in source ? source.content : readContent(source.path, facts)
  const wrong = wrongSource(args, source, content)
  if (wrong !== undefined) return { changes: [], failed: wrong }
  const changes = planFile(source, destination, options(args), facts)
  if (makes !== undefined) changes.unshift(makeDirectory(makes, { ...args, mode: args.directory_mode }))
  return {
    changes,
    result: {
      dest: path,
      ...('path' in source && { src: source.path }),
      ...(content && contentSums(content)),
      sha256: shaOf(source),
      ...fileResult(fact.exists ? fact : { ...fact, exists: true, type: 'file' }),
      ...backupResult(context),
    },
  }
}

/** Content that must not be copied. */
function wrongSource(args: Args, source: Source, content: Uint8Array | undefined): string | undefined {
  const sha256 = shaOf(source)
  const wanted = args.checksum?.toLowerCase()
  if (wanted !== undefined && wanted !== sha256 && (!content || wanted !== hashOf(content, 'sha1'))) {
    return `${args.src ?? 'content'} does not match the expected checksum ${wanted} (its SHA-256 is ${sha256})`
  }
  if (args.decrypt && 'path' in source && content && Buffer.from(content.subarray(0, 15)).toString() === '$ANSIBLE_VAULT;') {
    return `${source.path} is encrypted: keep its text in a vaulted variable and give it as content, or set decrypt: false to copy it as it is`
  }
  return undefined
}

const side = (args: Args): Side => ({ on: args.remote_src ? 'host' : 'controller', follow: args.local_follow })

function options(args: Args): FileOptions & { directoryMode?: string } {
  return { ...fileOptions(args), directoryMode: args.directory_mode }
}

/** `src: dir` goes to dest/dir, `src: dir/` to dest itself. */
function treeRoot({ src = '', dest }: Args): string {
  const root = dest.replace(/(?<=.)\/+$/, '')
  return src.endsWith('/') ? root : posix.join(root, posix.basename(src))
}

/** What is copied, and the probes that tell. */
function examine(args: Args, known: Facts, context: Context): { probes: Probe[]; copied?: Copied } {
  const wish: Wish = { dest: args.dest, follow: args.follow }
  if (args.src === undefined) return { probes: [], copied: { wish, source: { content: textOf(args.content) } } }
  const src = args.src.replace(/(?<=.)\/+$/, '')
  const path = args.remote_src ? src : context.find('files', src)
  const { on } = side(args)
  const asked = sourceProbe(path, on)
  const fact = answer(known, asked)
  if (!fact) return { probes: [asked] }
  if (!fact.exists) return { probes: [asked], copied: { wish, failed: `src ${src} does not exist on the ${on}` } }
  if (fact.type === 'directory') return { probes: [asked], copied: { wish, directory: path } }
  if (fact.type !== 'file')
    return { probes: [asked], copied: { wish, failed: `src ${src} is a ${fact.type}, not a file or directory` } }
  const read = on === 'controller' && (fact.size ?? 0) <= LARGE ? [sourceContent(path)] : []
  return { probes: [asked, ...read], copied: { wish: { ...wish, name: posix.basename(src) }, source: { path, on, fact } } }
}

function textOf(content: unknown): Uint8Array {
  return bytes(typeof content === 'string' ? content : toJson(content))
}

export default withHome(({ remote_src }) => (remote_src ? ['dest', 'src'] : ['dest']), module)
