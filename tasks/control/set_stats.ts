import { arg, defineModule, type Plan, z } from '../../src/module/index.ts'

/** Values for the end of the run. */
export default defineModule({
  name: 'set_stats',
  changes: false,
  summary: 'Collect values that are reported at the end of the run.',
  examples: `
- name: Count the nodes that were upgraded
  set_stats:
    data:
      upgraded: 1
`,
  args: z.strictObject({
    data: z.record(z.string(), z.unknown()).describe('Names and values.'),
    per_host: arg.boolean.default(false).describe('Keep the values of each host apart.'),
    aggregate: arg.boolean
      .default(true)
      .describe('Add to a value that is there (numbers add up, lists are joined), instead of replacing it.'),
  }),
  returns: { ansible_stats: 'What was given.' },
  observe: () => [],
  plan(args): Plan {
    const wrong = Object.keys(args.data).find((name) => !/^[A-Za-z_]\w*$/.test(name))
    if (wrong !== undefined)
      return { changes: [], failed: `'${wrong}' is no name for a value: expected letters, digits and underscores` }
    const { data, per_host: perHost, aggregate } = args
    return {
      changes: [],
      result: { ansible_stats: { data, per_host: perHost, aggregate } },
      engine: { stats: { data, perHost, aggregate } },
    }
  },
})
