import { type Action, arg, type Change, defineModule, type Facts, type Plan, type Probe, probe, z } from '../../src/module/index.ts'
import { known } from '../lib/known.ts'

const args = z.strictObject({
  name: arg.text
    .refine(
      (value) => value.length <= 64 && /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(value),
      'expected at most 64 letters, digits, dashes and dots',
    )
    .describe('The name.'),
  use: arg.text.optional().describe('Accepted: hostnamectl where systemd runs, else /etc/hostname and hostname.'),
})

const nowProbe = probe.command({ argv: ['uname', '-n'], reads: ['hostname'] })
const systemdProbe = probe.file({ path: '/run/systemd/system', follow: true })
const fileProbe = probe.file({ path: '/etc/hostname', follow: true, content: true })

/** The name of the host. */
export default defineModule({
  name: 'hostname',
  summary: 'Set the name of the host, now and for the next boot.',
  description: '/etc/hosts is left alone.',
  examples: `
- name: Name the node
  hostname:
    name: "{{ inventory_hostname }}"
`,
  args,
  returns: { name: 'The name.' },
  observe: (): Probe[] => [nowProbe, systemdProbe, fileProbe],
  plan(value, facts): Plan {
    const now = known(facts.get(nowProbe))?.stdout.trim()
    const file = known(facts.get(fileProbe))
    const kept = file?.content ? new TextDecoder().decode(file.content) : ''
    const domain = value.name.includes('.') ? value.name.slice(value.name.indexOf('.') + 1) : undefined
    const systemFacts = {
      hostname: value.name.split('.')[0],
      nodename: value.name,
      fqdn: value.name,
      ...(domain === undefined ? {} : { domain }),
    }
    const result = {
      name: value.name,
      ansible_facts: Object.fromEntries(Object.entries(systemFacts).map(([key, fact]) => [`ansible_${key}`, fact])),
    }
    if (now === value.name && firstName(kept) === value.name) return { changes: [], result, engine: { systemFacts } }
    return { changes: [rename(value.name, now, kept, facts)], result, engine: { systemFacts } }
  },
})

function rename(name: string, now: string | undefined, kept: string, facts: Facts): Change {
  const done = {
    makes: [{ kind: 'probe' as const, probe: nowProbe as Probe, fact: { found: true, rc: 0, stdout: `${name}\n`, stderr: '' } }],
    complete: true,
  }
  const systemd = known(facts.get(systemdProbe))?.exists === true
  const content = new TextEncoder().encode(`${name}\n`)
  const write: Action[] =
    firstName(kept) === name ? [] : [{ kind: 'write', path: '/etc/hostname', content, ...(kept === '' ? { mode: 0o644 } : {}) }]
  const actions: Action[] = systemd
    ? [
        {
          kind: 'run',
          argv: ['hostnamectl', 'set-hostname', '--', name],
          makes: [...done.makes, { kind: 'file', path: '/etc/hostname', fact: { exists: true, type: 'file', content } }],
          complete: true,
        },
      ]
    : [...write, ...(now === name ? [] : [{ kind: 'run' as const, argv: ['hostname', name], ...done }])]
  return {
    summary: `name the host ${name}`,
    before: { label: 'hostname', text: `now: ${now ?? ''}\nat boot: ${firstName(kept)}\n` },
    after: { label: 'hostname', text: `now: ${name}\nat boot: ${name}\n` },
    actions,
  }
}

/** The first line that is no comment. */
const firstName = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .find((line) => line !== '' && !line.startsWith('#')) ?? ''
