import { arg, type Context, defineModule, type Plan, Unknown, z } from '../../src/module/index.ts'

const args = z
  .strictObject({
    msg: z.unknown().optional().describe("What to show. Default: 'Hello world!'."),
    var: z
      .union([z.string(), z.array(z.string())])
      .optional()
      .describe('Name of a variable, or an expression, whose value is shown.'),
    verbosity: arg.integer.default(0).describe('Only shown from this many -v on.'),
  })
  .superRefine((value, context) => {
    if (value.msg !== undefined && value.var !== undefined)
      context.addIssue({ code: 'custom', message: 'give either msg or var, not both' })
  })

/** Shows a value. */
export default defineModule({
  name: 'debug',
  changes: false,
  summary: 'Show a message or the value of a variable.',
  examples: `
- name: Where are we
  debug:
    msg: "{{ inventory_hostname }} is {{ ansible_host }}"

- name: All of it
  debug:
    var: result
    verbosity: 1
`,
  args,
  rawArgs: ['var'],
  returns: { msg: 'What was shown.' },
  observe: () => [],
  plan(value, _facts, context): Plan {
    const level = Number(context.variable('ansible_verbosity') ?? 0)
    if (level < value.verbosity)
      return { changes: [], skipped: `Verbosity threshold not met (${value.verbosity} wanted, ${level} given).` }
    if (value.var === undefined) return { changes: [], result: { msg: value.msg ?? 'Hello world!' } }
    const names = typeof value.var === 'string' ? [value.var] : value.var
    return { changes: [], result: Object.fromEntries(names.map((name) => [name, valueOf(name, context)])) }
  },
})

function valueOf(name: string, context: Context): unknown {
  const template = /^\s*\{\{([^]*)\}\}\s*$/.exec(name)
  try {
    const value = context.evaluate(template ? template[1]!.trim() : name)
    if (value instanceof Unknown) return `not known in check mode: ${value.reason}`
    return value === undefined ? 'VARIABLE IS NOT DEFINED!' : value
  } catch (error) {
    if (/undefined|not defined/i.test((error as Error).message)) return 'VARIABLE IS NOT DEFINED!'
    throw error
  }
}
