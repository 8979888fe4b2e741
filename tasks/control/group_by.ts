import { arg, defineModule, type Plan, z } from '../../src/module/index.ts'

/** Puts hosts in groups by a value. */
export default defineModule({
  name: 'group_by',
  changes: false,
  summary: 'Put the host in a group that is named by a value, for later plays of this run.',
  examples: `
- name: A group for each system
  group_by:
    key: os_{{ ansible_facts['distribution'] }}
`,
  args: z.strictObject({
    key: arg.text.refine((value) => value.trim() !== '', 'is empty').describe('Name of the group; spaces become dashes.'),
    parents: arg.list.default(['all']).describe('Groups that the group becomes part of.'),
  }),
  freeForm: 'key',
  returns: { add_group: 'Name of the group.', parent_groups: 'Its parents.' },
  observe: () => [],
  plan(args): Plan {
    const group = args.key.replace(/ /g, '-')
    const parents = args.parents.map((name) => name.replace(/ /g, '-'))
    return { changes: [], result: { add_group: group, parent_groups: parents }, engine: { groupBy: { group, parents } } }
  },
})
