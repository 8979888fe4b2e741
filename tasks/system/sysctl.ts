import {
  arg,
  type Change,
  defineModule,
  type Effect,
  type Facts,
  type Plan,
  type Probe,
  probe,
  type RunAction,
  z,
} from '../../src/module/index.ts'
import { known } from '../lib/known.ts'

const args = z
  .strictObject({
    name: arg.text
      .refine(
        (value) => /^[A-Za-z0-9_.:/*-]+$/.test(value) && !value.startsWith('-') && !value.includes('..'),
        'expected a key such as net.ipv4.ip_forward',
      )
      .meta({ description: 'Key of the kernel parameter.', aliases: ['key'] }),
    value: arg.text
      .refine((value) => !value.includes('\n'), 'must be one line')
      .optional()
      .meta({ description: 'Its value; yes and no are 1 and 0.', aliases: ['val'] }),
    state: z
      .enum(['present', 'absent'])
      .default('present')
      .describe('present: in the file with this value; absent: not in the file.'),
    sysctl_file: arg.path.default('/etc/sysctl.conf').describe('The file that sets it at boot.'),
    sysctl_set: arg.boolean.default(false).describe('Set it in the running kernel too, whenever it differs there.'),
    reload: arg.boolean.default(true).describe('After the file has changed, load it.'),
    ignoreerrors: arg.boolean.default(false).describe('Ignore keys that the kernel does not know.'),
  })
  .superRefine((value, context) => {
    if (value.state === 'present' && (value.value === undefined || value.value.trim() === '')) {
      context.addIssue({ code: 'custom', path: ['value'], message: 'value is missing' })
    }
  })

type Args = z.output<typeof args>

const fileProbe = (value: Args) => probe.file({ path: value.sysctl_file, follow: true, content: true })
const liveProbe = (value: Args) => probe.sysctl({ key: value.name })

/** A kernel parameter. */
export default defineModule({
  name: 'sysctl',
  collection: 'ansible.posix',
  summary: 'Set kernel parameters, at boot and now.',
  examples: `
- name: More connections waiting
  ansible.posix.sysctl:
    name: net.core.somaxconn
    value: 4096
    sysctl_file: /etc/sysctl.d/90-app.conf
    sysctl_set: true
`,
  args,
  returns: { name: 'The key.', value: 'Its value as in the file.' },
  observe: (value): Probe[] => [fileProbe(value), ...(value.sysctl_set ? [liveProbe(value)] : [])],
  plan(value, facts): Plan {
    const file = facts.need(fileProbe(value))
    const before = file.content ? new TextDecoder().decode(file.content) : ''
    const wanted = value.state === 'present' ? wantedValue(value.value!) : undefined
    const after = withSetting(before, value.name, wanted)
    const changes: Change[] = []
    if (after !== before) changes.push(write(value, before, after, wanted))
    const live = value.sysctl_set && wanted !== undefined ? setLive(value, wanted, facts) : undefined
    if (typeof live === 'string') return { changes: [], failed: live }
    if (live) changes.push(live)
    return { changes, result: { name: value.name, value: wanted } }
  },
})

function write(value: Args, before: string, after: string, wanted: string | undefined): Change {
  const path = value.sysctl_file
  const makes: Effect[] = wanted === undefined ? [] : [{ kind: 'sysctl', key: value.name, value: wanted }]
  const load: RunAction = {
    kind: 'run',
    argv: ['sysctl', ...(value.ignoreerrors ? ['-e'] : []), '-p', path],
    makes,
    complete: true,
  }
  return {
    summary: wanted === undefined ? `remove ${value.name} from ${path}` : `set ${value.name} to ${wanted} in ${path}`,
    before: { label: path, text: before },
    after: { label: path, text: after },
    actions: [
      { kind: 'write', path, content: new TextEncoder().encode(after), ...(before === '' ? { mode: 0o644 } : {}) },
      ...(value.reload ? [load] : []),
    ],
  }
}

function setLive(value: Args, wanted: string, facts: Facts): Change | string | undefined {
  const live = known(facts.get(liveProbe(value)))
  if (live && live.value === undefined) {
    return value.ignoreerrors ? undefined : `the kernel has no parameter ${value.name} (a module may have to be loaded first)`
  }
  if (live?.value !== undefined && wantedValue(live.value) === wanted) return undefined
  return {
    summary: `set ${value.name} to ${wanted} in the running kernel`,
    before: { label: value.name, text: live?.value === undefined ? '' : `${live.value}\n` },
    after: { label: value.name, text: `${wanted}\n` },
    actions: [
      {
        kind: 'run',
        argv: ['sysctl', ...(value.ignoreerrors ? ['-e'] : []), '-w', `${value.name}=${wanted}`],
        makes: [{ kind: 'sysctl', key: value.name, value: wanted }],
        complete: true,
      },
    ],
  }
}

/** Blanks as one space; Ansible's words for true and false as 1 and 0. */
function wantedValue(text: string): string {
  const value = text.trim().split(/\s+/).join(' ')
  if (/^(yes|on|true|y|t)$/i.test(value)) return '1'
  return /^(no|off|false|n|f)$/i.test(value) ? '0' : value
}

/** The text with the last setting of the key changed where it differs; undefined removes all of them. */
function withSetting(text: string, key: string, wanted: string | undefined): string {
  const lines = text.split('\n')
  const settings = lines
    .map((line, index) => ({ index, ...parse(line) }))
    .filter((one) => one.key !== undefined && sameKey(one.key, key))
  if (wanted === undefined)
    return settings.length === 0 ? text : lines.filter((_line, index) => !settings.some((one) => one.index === index)).join('\n')
  const last = settings.at(-1)
  if (last && wantedValue(last.value!) === wanted) return text
  if (last) {
    lines[last.index] = `${key}=${wanted}`
    return lines.join('\n')
  }
  return `${text === '' || text.endsWith('\n') ? text : `${text}\n`}${key}=${wanted}\n`
}

function parse(line: string): { key?: string; value?: string } {
  const match = /^\s*-?([^#;=\s][^=]*?)\s*=\s*(.*?)\s*$/.exec(line)
  return match ? { key: match[1], value: match[2] } : {}
}

/** net.ipv4.ip_forward is net/ipv4/ip_forward. */
function sameKey(a: string, b: string): boolean {
  const dotted = (key: string) => (/^[^.]*\//.test(key) ? key.replace(/[./]/g, (char) => (char === '/' ? '.' : '/')) : key)
  return dotted(a) === dotted(b)
}
