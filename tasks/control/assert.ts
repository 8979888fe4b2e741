import { arg, type Context, defineModule, NeedsUnknown, type Plan, Unknown, z } from '../../src/module/index.ts'
import { valuesIn } from './condition-values.ts'

const condition = z.union([z.string(), z.boolean()])
const message = z.union([z.array(arg.text).transform((parts) => parts.join('\n')), arg.text])

/** Fails unless conditions hold. */
export default defineModule({
  name: 'assert',
  changes: false,
  summary: 'Fail with a message unless all conditions hold.',
  description: 'The message names the first condition that does not hold and the values of the variables in it.',
  examples: `
- name: The settings make sense
  assert:
    that:
      - apim_port is defined
      - apim_port | int > 1024
    fail_msg: apim_port has to be above 1024
    quiet: true
`,
  args: z.strictObject({
    that: z.union([z.array(condition), condition.transform((one) => [one])]).describe('Conditions, as in `when`.'),
    fail_msg: message.optional().meta({ description: 'Message when one does not hold.', aliases: ['msg'] }),
    success_msg: message.optional().describe('Message when all hold.'),
    quiet: arg.boolean.default(false).describe('Accepted: conditions that hold are never listed.'),
  }),
  rawArgs: ['that'],
  returns: { assertion: 'The condition that does not hold.', evaluated_to: 'What it is.', msg: 'The message.' },
  observe: () => [],
  plan(args, _facts, context): Plan {
    let unknown: Unknown | undefined
    for (const that of args.that) {
      const holds = context.condition(that)
      if (holds instanceof Unknown) unknown ??= holds
      else if (!holds) return broken(that, args.fail_msg, context)
    }
    if (unknown) throw new NeedsUnknown(unknown.reason)
    return { changes: [], result: { msg: args.success_msg ?? 'All assertions passed' } }
  },
})

function broken(that: string | boolean, message: string | undefined, context: Context): Plan {
  const values = typeof that === 'string' ? valuesIn(that, context.evaluate) : ''
  const failed = `${message ?? 'Assertion failed'}: ${that} is false${values}`
  return { changes: [], failed, result: { assertion: that, evaluated_to: false } }
}
