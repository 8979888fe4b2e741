import {
  arg,
  type Change,
  type Context,
  defineModule,
  type Facts,
  type MountFact,
  type Plan,
  type Probe,
  probe,
  Unknown,
  z,
} from '../../src/module/index.ts'
import { findEntry, withEntry, withoutEntry } from './mount/fstab.ts'
import {
  attach,
  entryOf,
  exchange,
  isBind,
  mountProbe,
  options,
  otherSource,
  pointProbe,
  remount,
  removePoint,
  side,
  unmount,
} from './mount/attach.ts'
import { missingOptions } from './mount/options.ts'
import { known } from '../lib/known.ts'

const STATES = ['mounted', 'unmounted', 'present', 'absent', 'absent_from_fstab', 'remounted', 'ephemeral'] as const

const field = arg.text.refine(
  (value) => value !== '' && !value.includes('\n') && !value.startsWith('-'),
  'must be one line, not empty, and not start with a dash',
)

const args = z
  .strictObject({
    path: field.meta({ description: "Mount point; 'none' for swap space.", aliases: ['name'] }),
    state: z
      .enum(STATES)
      .describe(
        'mounted: in fstab and mounted; present: in fstab; unmounted: not mounted, fstab as it is; absent: neither, and the mount point is removed when it is empty; absent_from_fstab: only the entry is removed; remounted: mounted anew; ephemeral: mounted, fstab as it is.',
      ),
    src: field.optional().describe('Device, UUID=…, network path or directory to mount.'),
    fstype: field.optional().describe('File system.'),
    opts: field.optional().describe('Options, separated by commas. Default: defaults.'),
    opts_no_log: arg.boolean.default(false).describe('The options hold a secret: they are not shown.'),
    dump: arg.text.default('0').describe('Fifth field of fstab.'),
    passno: arg.text.default('0').describe('Sixth field of fstab: order of checks at boot.'),
    boot: arg.boolean.default(true).describe('false: not mounted at boot (adds noauto).'),
    fstab: arg.path.default('/etc/fstab').describe('The file with the entries.'),
    backup: arg.boolean.default(false).describe('Keep the old file beside the new one.'),
  })
  .superRefine((value, context) => {
    for (const name of ['src', 'fstype'] as const) {
      if (value[name] === undefined && ['mounted', 'present', 'ephemeral'].includes(value.state)) {
        context.addIssue({ code: 'custom', path: [name], message: `${name} is missing: state ${value.state} needs it` })
      }
    }
    if (!value.path.startsWith('/') && (value.path !== 'none' || value.state === 'mounted' || value.state === 'ephemeral')) {
      context.addIssue({ code: 'custom', path: ['path'], message: 'expected an absolute path' })
    }
  })

type Args = z.output<typeof args>

const fstabProbe = (value: Args) => probe.file({ path: value.fstab, follow: true, content: true })

/** A mount and its entry in fstab. */
export default defineModule({
  name: 'mount',
  collection: 'ansible.posix',
  summary: 'Mount file systems and keep their entries in fstab.',
  description:
    'An entry is found by its mount point. Other lines of fstab stay byte for byte. Nothing below a mount point is ever removed: ' +
    'a mount point goes only when it is empty after unmounting. Options that the kernel adds do not count as a difference.',
  examples: `
- name: The artifacts that both nodes share
  mount:
    path: /opt/wso2/shared
    src: nfs.example.com:/export/wso2
    fstype: nfs4
    opts: rw,hard,_netdev
    state: mounted

- name: No longer
  ansible.posix.mount:
    path: /mnt/old
    state: absent
`,
  args,
  returns: {
    name: 'Mount point.',
    src: 'What is mounted.',
    fstype: 'File system.',
    opts: 'Options.',
    fstab: 'The file with the entries.',
    dump: 'Fifth field.',
    passno: 'Sixth field.',
    backup_file: 'The old file, when backup was asked for.',
  },
  observe: (value): Probe[] => [fstabProbe(value), mountProbe(value), pointProbe(value)],
  plan(value, facts, context): Plan {
    const file = facts.need(fstabProbe(value))
    const text = file.content ? new TextDecoder().decode(file.content) : ''
    const mount = facts.get(mountProbe(value))
    const now = mount instanceof Unknown ? undefined : mount
    const problem = impossible(value, text, now, facts)
    if (problem !== undefined) return { changes: [], failed: problem }
    return { changes: changesFor(value, text, now, facts, context), result: resultOf(value) }
  },
})

function changesFor(value: Args, text: string, now: MountFact | undefined, facts: Facts, context: Context): Change[] {
  const mounted = now?.mounted === true
  switch (value.state) {
    case 'present':
      return edit(value, text, withEntry(text, entryOf(value)))
    case 'absent_from_fstab':
      return edit(value, text, withoutEntry(text, value.path, value.src))
    case 'unmounted':
      return now?.mounted === false ? [] : [unmount(value)]
    case 'absent': {
      const entry = edit(value, text, withoutEntry(text, value.path, value.src))
      // Not known (check mode): most likely it is what an earlier task is about to mount.
      const off = now?.mounted === false ? [] : [unmount(value)]
      const there = known(facts.get(pointProbe(value)))?.exists !== false && value.path !== 'none'
      return entry.length + off.length === 0 ? [] : [...off, ...entry, ...(there ? [removePoint(value)] : [])]
    }
    case 'remounted':
      if (mounted) return context.outcomes ? [] : [remount(value, 'mount again')]
      return [attach(value, facts)]
    case 'ephemeral':
      return mounted ? liveChanges(value, now, false) : [attach(value, facts)]
    default: {
      const entry = edit(value, text, withEntry(text, entryOf(value)))
      if (!mounted) return [...entry, attach(value, facts)]
      const old = findEntry(text, value.path, value.src)
      const differs = old !== undefined && (old.opts !== options(value) || old.src !== value.src || old.fstype !== value.fstype)
      return [...entry, ...liveChanges(value, now, entry.length > 0 && differs)]
    }
  }
}

/** What is mounted already, but not as asked for. */
function liveChanges(value: Args, now: MountFact, edited: boolean): Change[] {
  if (otherSource(value, now)) {
    return [{ ...exchange(value), before: side(value, `${now.source}\n`), after: side(value, `${value.src}\n`) }]
  }
  const missing = missingOptions(options(value), now.options ?? [], now.fstype)
  if (missing.length > 0) {
    return [
      {
        ...remount(value, `set ${value.opts_no_log ? 'options' : missing.join(',')} on`),
        before: side(value, `${now.options?.join(',')}\n`),
        after: side(value, `${options(value)}\n`),
      },
    ]
  }
  return edited ? [remount(value, 'mount again')] : []
}

function edit(value: Args, before: string, after: string): Change[] {
  if (before === after) return []
  return [
    {
      summary: `${value.state.startsWith('absent') ? 'remove' : 'write'} the entry of ${value.path} in ${value.fstab}`,
      before: { label: value.fstab, text: before, secret: value.opts_no_log },
      after: { label: value.fstab, text: after, secret: value.opts_no_log },
      actions: [
        {
          kind: 'write',
          path: value.fstab,
          content: new TextEncoder().encode(after),
          backup: value.backup,
          secret: value.opts_no_log,
          ...(before === '' ? { mode: 0o644 } : {}),
        },
      ],
    },
  ]
}

function impossible(value: Args, text: string, now: MountFact | undefined, facts: Facts): string | undefined {
  const point = known(facts.get(pointProbe(value)))
  const mounts = value.state === 'mounted' || value.state === 'ephemeral'
  if (mounts && point?.exists && point.type === 'file' && !isBind(value))
    return `${value.path} is a file: a mount point has to be a directory`
  if (value.state === 'remounted' && now?.mounted === false && !findEntry(text, value.path, value.src)) {
    return `${value.path} is neither mounted nor in ${value.fstab}: there is nothing to mount again`
  }
  if (value.state === 'ephemeral' && now?.mounted && otherSource(value, now)) {
    return `${value.path} is already mounted from ${now.source}, not from ${value.src}: unmount it first`
  }
  return undefined
}

const resultOf = (value: Args) => ({
  name: value.path,
  path: value.path,
  ...(value.src === undefined ? {} : { src: value.src }),
  ...(value.fstype === undefined ? {} : { fstype: value.fstype }),
  opts: value.opts_no_log ? 'not shown' : options(value),
  fstab: value.fstab,
  dump: value.dump,
  passno: value.passno,
})
