import { arg, defineModule, probe, Unknown, z } from '../../src/module/index.ts'
import type { CommandFact, Facts, FileFact, Plan, Probe } from '../../src/module/index.ts'
import { ALGORITHMS, checksumProbe, readChecksums } from './checksum.ts'
import { withHome } from '../lib/home.ts'
import { answer } from '../lib/known.ts'
import { statDict } from './stat-dict.ts'

const args = z.strictObject({
  path: arg.path.meta({ description: 'What to look at.', aliases: ['dest', 'name'] }),
  follow: arg.boolean.default(false).describe('Look at what a link leads to.'),
  get_checksum: arg.boolean.default(true).describe('Give the checksum of a regular file.'),
  checksum_algorithm: z
    .enum(ALGORITHMS)
    .default('sha1')
    .meta({ description: 'Which checksum.', aliases: ['checksum', 'checksum_algo'] }),
  get_mime: arg.boolean
    .optional()
    .meta({
      description: 'Give mimetype and charset, by the program file. Default: not asked.',
      aliases: ['mime', 'mime_type', 'mime-type'],
    }),
  get_attributes: arg.boolean
    .optional()
    .meta({
      description: 'Give the flags of the file system, by the program lsattr. Default: not asked.',
      aliases: ['attr', 'attributes'],
    }),
})
type Args = z.output<typeof args>

/** Which of read, write and execute the user may; the path is an argument, never part of the script. */
const ACCESS = 'for right in r w x; do if test "-$right" "$1"; then printf %s "$right"; fi; done'

const file = ({ path, follow, checksum_algorithm, get_checksum }: Args) =>
  probe.file({ path, follow, ...(get_checksum && checksum_algorithm === 'sha256' && { checksum: true }) })
const access = ({ path }: Args) => probe.command({ argv: ['sh', '-c', ACCESS, 'sh', path], reads: [path] })
const source = ({ path }: Args) => probe.command({ argv: ['readlink', '-f', '--', path], reads: [path] })
const mime = ({ path }: Args) =>
  probe.command({ argv: ['file', '--brief', '--mime-type', '--mime-encoding', '--', path], reads: [path] })
const flags = ({ path }: Args) => probe.command({ argv: ['lsattr', '-vd', '--', path], reads: [path] })

const module = defineModule({
  name: 'stat',
  changes: false,
  summary: 'Tells everything about a file, directory or link; changes nothing.',
  examples: `
- name: is the pack there
  stat: { path: /opt/apim/bin/api-manager.sh }
  register: pack
`,
  args,
  returns: {
    stat: 'exists, path, mode, isdir, isreg, islnk, size, uid, gid, pw_name, gr_name, mtime, checksum, lnk_source, lnk_target, readable, writeable, executable …',
  },

  observe(args, known): Probe[] {
    const fact = answer(known, file(args))
    if (!fact?.exists) return [file(args)]
    const more: Probe[] = [file(args), access(args)]
    if (fact.type === 'link') more.push(source(args))
    if (fact.type === 'file' && args.get_checksum && args.checksum_algorithm !== 'sha256')
      more.push(checksumProbe(args.checksum_algorithm, [args.path]))
    if (args.get_mime) more.push(mime(args))
    if (args.get_attributes) more.push(flags(args))
    return more
  },

  plan(args, facts): Plan {
    const fact = facts.need(file(args))
    return { changes: [], result: { stat: fact.exists ? describe(args, fact, facts) : { exists: false } } }
  },
})

function describe(args: Args, fact: FileFact, facts: Facts): Record<string, unknown> {
  const told = <T>(asked: Probe<'command'>, read: (answer: CommandFact) => T): T | Unknown => {
    const found = facts.get(asked)
    return found instanceof Unknown ? found : read(found)
  }
  const may = (right: string) => told(access(args), ({ stdout }) => stdout.includes(right))
  const stat: Record<string, unknown> = {
    exists: true,
    ...statDict(args.path, fact),
    readable: may('r'),
    writeable: may('w'),
    executable: may('x'),
  }
  if (fact.type === 'link') {
    stat.lnk_target = fact.target
    stat.lnk_source = told(source(args), ({ stdout }) => stdout.replace(/\n$/, ''))
  }
  if (fact.type === 'file' && args.get_checksum) {
    stat.checksum =
      args.checksum_algorithm === 'sha256'
        ? fact.sha256
        : told(checksumProbe(args.checksum_algorithm, [args.path]), (sums) => readChecksums(sums).get(args.path))
  }
  if (args.get_mime) Object.assign(stat, mimeOf(told(mime(args), (found) => found)))
  if (args.get_attributes) Object.assign(stat, flagsOf(told(flags(args), (found) => found)))
  return stat
}

function mimeOf(found: CommandFact | Unknown): Record<string, unknown> {
  if (found instanceof Unknown) return { mimetype: found, charset: found }
  const [, mimetype, charset] = /^(\S+); charset=(\S+)/.exec(found.stdout) ?? []
  return { mimetype: mimetype ?? 'unknown', charset: charset ?? 'unknown' }
}

const FLAG_NAMES: Record<string, string> = {
  a: 'append-only',
  c: 'compressed',
  d: 'nodump',
  e: 'extents',
  i: 'immutable',
  j: 'journalled',
  s: 'secure_delete',
  t: 'no_tail_merge',
  u: 'undelete',
  A: 'noatime',
  C: 'no_copy_on_write',
  D: 'synchronous_directory_updates',
  E: 'encrypted',
  S: 'synchronous',
  T: 'top_of_directory_hierarchy',
}

function flagsOf(found: CommandFact | Unknown): Record<string, unknown> {
  if (found instanceof Unknown) return { attributes: found, attr_flags: found, version: found }
  const [, version, letters = ''] = /^\s*(\d+)\s+(\S+)/.exec(found.stdout) ?? []
  const set = letters.replaceAll('-', '')
  return { attributes: [...set].map((letter) => FLAG_NAMES[letter] ?? letter), attr_flags: set, version }
}

export default withHome(['path'], module)
