import { arg, defineModule, probe, z } from '../../src/module/index.ts'
import type { Change, Context, Facts, FileFact, Plan, Probe } from '../../src/module/index.ts'
import { attributesFor, planAttributes } from '../lib/attributes.ts'
import { directoryProbes, planDirectory } from './file/directory.ts'
import { linkProbes, planLink, type LinkWish } from './file/link.ts'
import { readTime, timeOf, timeProbes, type Time } from './file/time.ts'
import { withHome } from '../lib/home.ts'
import { needAll } from '../lib/known.ts'
import { attributeReturns, fileResult } from '../lib/file-result.ts'

const time = (what: string) =>
  arg.text.optional().describe(`${what}: preserve, now, or a time in the given format (the host's local time).`)

const args = z
  .strictObject({
    path: arg.path.meta({ description: 'Path of the file, directory or link.', aliases: ['dest', 'name'] }),
    state: z
      .enum(['file', 'directory', 'link', 'hard', 'absent', 'touch'])
      .optional()
      .describe('What should be there. Default: directory with recurse, otherwise file, which sets attributes of what exists.'),
    src: arg.path.optional().describe('What a link leads to; relative to the directory of the link.'),
    recurse: arg.boolean.default(false).describe('Set mode, owner and group of everything below a directory as well.'),
    force: arg.boolean.default(false).describe('link: even when src does not exist, or a file or empty directory is in the way.'),
    follow: arg.boolean.default(true).describe('Set the attributes of what a link leads to, not of the link.'),
    modification_time: time('Time of last change'),
    modification_time_format: z.string().default('%Y%m%d%H%M.%S').describe('Format of modification_time.'),
    access_time: time('Time of last access'),
    access_time_format: z.string().default('%Y%m%d%H%M.%S').describe('Format of access_time.'),
    unsafe_writes: arg.boolean.default(false).describe('Accepted for compatibility: nothing is written unsafely.'),
    ...arg.fileAttributes,
  })
  .superRefine((value, context) => {
    const issue = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message })
    if (value.recurse && value.state !== undefined && value.state !== 'directory')
      issue('recurse', "recurse option requires state to be 'directory'")
    if (value.src !== undefined && !['link', 'hard'].includes(value.state ?? ''))
      issue('src', "src option requires state to be 'link' or 'hard'")
    if (value.mode === 'preserve') issue('mode', "'preserve' needs a source: expected a mode such as '0644'")
    for (const name of ['modification_time', 'access_time'] as const) {
      const text = value[name]
      if (text === undefined || ['preserve', 'now'].includes(text)) continue
      if (readTime(text, value[`${name}_format`]) === undefined) {
        issue(name, `expected preserve, now, or a time in the format ${value[`${name}_format`]}, got '${text}'`)
      }
    }
  })
type Args = z.output<typeof args>

const bare = ({ path }: Args) => probe.file({ path })
const followed = ({ path }: Args) => probe.file({ path, follow: true })

const module = defineModule({
  name: 'file',
  summary: 'Makes files, directories and links, sets their attributes, or removes them.',
  description: `With state: absent a whole tree is removed, but never across a mount point: when one is at or below the path, nothing is
removed and the task fails, so that a shared file system can't be emptied by accident. state: touch changes something on every run
unless both times are 'preserve'.`,
  examples: `
- name: a directory, and all of its parents
  file: { path: /opt/apim/conf, state: directory, owner: apim, group: apim, mode: '0750' }
- name: a link
  file: { src: /opt/wso2am-4.3.0, path: /opt/apim/current, state: link }
- name: attributes of a whole tree; X makes only directories and programs executable
  file: { path: /opt/apim/conf, state: directory, recurse: true, mode: 'u=rwX,g=rX,o=' }
- name: gone
  file: { path: /tmp/old, state: absent }
`,
  args,
  returns: {
    path: 'The path.',
    dest: 'The path, of links and touch.',
    state: 'What is there: file, directory, link, hard, absent.',
    ...attributeReturns,
    uid: 'Number of the owner.',
    gid: 'Number of the group.',
    size: 'Bytes.',
  },

  observe(args, known): Probe[] {
    const times = [
      ...timeProbes(args.modification_time, args.modification_time_format),
      ...timeProbes(args.access_time, args.access_time_format),
    ]
    switch (stateOf(args)) {
      case 'directory':
        return [...times, ...directoryProbes(args, known)]
      case 'link':
      case 'hard':
        return [...times, ...linkProbes(linkWish(args), known)]
      case 'absent':
        return [bare(args)]
      default:
        return [...times, bare(args), followed(args)]
    }
  },

  plan(args, facts, context): Plan {
    const state = stateOf(args)
    if (state === 'absent') return planAbsent(args, facts)
    const plan = planState(state, args, facts)
    if (plan.failed !== undefined) return plan
    return { ...plan, changes: [...plan.changes, ...planTimes(args, state, facts, context)] }
  },
})

function planState(state: string, args: Args, facts: Facts): Plan {
  if (state === 'directory') return planDirectory(args, facts)
  if (state === 'link' || state === 'hard') return planLink(linkWish(args), facts)
  return planFile(args, state === 'touch', facts)
}

const stateOf = ({ state, recurse }: Args) => state ?? (recurse ? 'directory' : 'file')
const linkWish = (args: Args): LinkWish => ({ ...args, hard: args.state === 'hard' })

function planAbsent({ path }: Args, facts: Facts): Plan {
  const fact = facts.need(probe.file({ path }))
  const result = { path, state: 'absent' }
  if (!fact.exists) return { changes: [], result }
  const before = { text: `state: ${fact.type}\n` }
  return {
    changes: [{ summary: `remove ${path}`, before, after: { text: 'state: absent\n' }, actions: [{ kind: 'remove', path }] }],
    result,
  }
}

/** state=file sets attributes of what exists, whatever it is; touch makes what is missing. */
function planFile(args: Args, touch: boolean, facts: Facts): Plan {
  const fact = whatCounts(args, facts)
  const { path } = args
  if (fact.exists) {
    const result = { path, dest: path, ...fileResult(fact) }
    return { changes: planAttributes(path, fact, args, { follow: args.follow }), result }
  }
  if (!touch) return { changes: [], failed: `file (${path}) is absent, cannot continue: use state: touch, or copy, to make it` }
  const attributes = attributesFor(args, { exists: false })
  const make: Change = {
    summary: `create ${path}`,
    after: { text: 'state: file\n' },
    actions: [{ kind: 'write', path, content: new Uint8Array(), ...attributes, follow: args.follow }],
  }
  return { changes: [make], result: { path, dest: path, state: 'file' } }
}

function whatCounts(args: Args, facts: Facts): FileFact {
  needAll(facts, [bare(args), followed(args)])
  return facts.need(args.follow ? followed(args) : bare(args))
}

/** Time stamps to set, after all else. */
function planTimes(args: Args, state: string, facts: Facts, context: Context): Change[] {
  const follow = args.follow && state !== 'link'
  const touch = state === 'touch' ? 'now' : undefined
  const mtime = timeOf(args.modification_time ?? touch, args.modification_time_format, facts)
  const atime = timeOf(args.access_time ?? touch, args.access_time_format, facts)
  if (mtime === undefined && atime === undefined) return []
  const fact = facts.need(follow ? followed(args) : bare(args))
  // A new file has the present time already.
  const fresh = !fact.exists && state !== 'link'
  const set = { ...left('mtime', mtime, fact, fresh, context), ...left('atime', atime, fact, fresh, context) }
  if (Object.keys(set).length === 0) return []
  const text = (times: object) =>
    Object.entries(times)
      .map(([name, value]) => `${name}: ${value}\n`)
      .join('')
  const before = Object.fromEntries(Object.keys(set).map((name) => [name, fact[name as 'mtime' | 'atime'] ?? 'none']))
  return [
    {
      summary: `set time of ${args.path}`,
      before: { text: text(before) },
      after: { text: text(set) },
      actions: [{ kind: 'attributes', paths: [args.path], ...set, follow }],
    },
  ]
}

/** 'now' is reached once it was applied: while verifying there is nothing left of it. */
function left(name: 'mtime' | 'atime', wanted: Time, fact: FileFact, fresh: boolean, context: Context): { [name: string]: Time } {
  if (wanted === undefined || (wanted === 'now' && (fresh || context.before))) return {}
  return wanted !== 'now' && fact[name] !== undefined && Math.floor(fact[name]) === wanted ? {} : { [name]: wanted }
}

export default withHome(['path'], module)
