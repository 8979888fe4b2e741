import { arg, type Change, defineModule, type Effect, type GroupFact, probe, z } from '../../src/module/index.ts'

const args = z
  .strictObject({
    name: arg.text
      .refine(
        (value) => /^[^-\s/,:][^\s/,:]*$/.test(value),
        'expected a name without spaces, slashes, commas, colons or a leading dash',
      )
      .describe('Name of the group.'),
    state: z.enum(['present', 'absent']).default('present').describe('present: the group exists; absent: it is removed.'),
    gid: arg.integer.optional().describe('Number of the group.'),
    non_unique: arg.boolean.default(false).describe('The number may belong to another group too.'),
    system: arg.boolean.default(false).describe('A new group is a system group.'),
    force: arg.boolean.default(false).describe('With absent: even while it is the primary group of a user.'),
    local: arg.boolean.default(false).describe('Accepted: groups are always changed on the host itself.'),
    gid_min: arg.integer.optional().describe('Smallest number for a new group.'),
    gid_max: arg.integer.optional().describe('Largest number for a new group.'),
  })
  .superRefine((value, context) => {
    if (value.non_unique && value.gid === undefined)
      context.addIssue({ code: 'custom', path: ['gid'], message: 'non_unique needs a gid' })
  })

type Args = z.output<typeof args>

/** A group of users. */
export default defineModule({
  name: 'group',
  summary: 'Add, change and remove groups.',
  examples: `
- name: The group of the server
  group:
    name: wso2
    system: true
`,
  args,
  returns: { name: 'The group.', gid: 'Its number.', state: 'present or absent.', system: 'As given.' },
  observe: (value) => [probe.group({ name: value.name })],
  plan(value, facts) {
    const group = facts.need(probe.group({ name: value.name }))
    const result = { name: value.name, state: value.state, system: value.system, ...(group.exists ? { gid: group.gid } : {}) }
    if (value.state === 'absent') return { changes: group.exists ? [remove(value)] : [], result }
    if (!group.exists) return { changes: [add(value)], result }
    return { changes: value.gid !== undefined && value.gid !== group.gid ? [renumber(value, group)] : [], result }
  },
})

function add(value: Args): Change {
  const words = ['groupadd']
  if (value.gid !== undefined) words.push('-g', String(value.gid), ...(value.non_unique ? ['-o'] : []))
  if (value.system) words.push('-r')
  if (value.gid_min !== undefined) words.push('-K', `GID_MIN=${value.gid_min}`)
  if (value.gid_max !== undefined) words.push('-K', `GID_MAX=${value.gid_max}`)
  const fact: Partial<GroupFact> = { exists: true, members: [], ...(value.gid === undefined ? {} : { gid: value.gid }) }
  return change(value, `add group ${value.name}`, words, fact)
}

function renumber(value: Args, group: GroupFact): Change {
  const words = ['groupmod', '-g', String(value.gid), ...(value.non_unique ? ['-o'] : [])]
  return {
    ...change(value, `change the number of group ${value.name} to ${value.gid}`, words, { gid: value.gid }),
    before: { label: value.name, text: `gid: ${group.gid}\n` },
    after: { label: value.name, text: `gid: ${value.gid}\n` },
  }
}

const remove = (value: Args) =>
  change(value, `remove group ${value.name}`, ['groupdel', ...(value.force ? ['-f'] : [])], { exists: false })

function change(value: Args, summary: string, words: string[], fact: Partial<GroupFact>): Change {
  const makes: Effect[] = [
    { kind: 'group', name: value.name, fact },
    { kind: 'touched', resource: '/etc/group', reason: `the group ${value.name} is changed by then` },
  ]
  return { summary, actions: [{ kind: 'run', argv: [...words, '--', value.name], makes, complete: true }] }
}
