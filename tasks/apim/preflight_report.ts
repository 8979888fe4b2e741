/** What stands in the way of a run, of the data model and of all hosts, in one message. */
import { arg, type Context, defineModule, type Plan, z } from '../../src/module/index.ts'
import { clockFindings, type Clocks } from './preflight/clocks.ts'

const clock = z.strictObject({ least: z.number(), most: z.number() })
/** Of a result only what is asked for here. */
const looked = z.looseObject({ findings: z.array(z.string()).optional(), warnings: z.array(z.string()).optional(), clock: clock.optional(), unreachable: z.boolean().optional(), msg: z.string().optional() })
type Looked = z.output<typeof looked>

const args = z.strictObject({
  general: arg.list.default([]).describe("Findings that are no one host's."),
  results: arg.list.default([]).describe('Names under which hosts have registered what was found on them: `findings`, `warnings`, `clock`. Hosts without it are passed over.'),
  hosts: arg.text.default('all').describe('The hosts whose results are looked at.'),
  clocks: arg.number.default(2).describe('Seconds by which the clocks of two hosts may differ.'),
})

export default defineModule({
  name: 'preflight_report',
  collection: 'aarun.apim',
  changes: false,
  runOnce: true,
  summary: 'Fails with all that `preflight` has found on all hosts, in one message. Asks no host.',
  description: `Clocks are compared here: tokens, certificates and the windows in which quotas are counted go by them. Each host was asked
how far its clock is before ours; that is known only within the time that the answer took. Clocks that certainly differ too much
are a finding; those that may, because an answer took too long, are a warning.`,
  examples: `
- name: Nothing stands in the way
  preflight_report:
    results: [looked]
`,
  args,
  returns: { findings: 'All of them, with their hosts.' },
  observe: () => [],
  plan(wanted, _facts, context): Plan {
    const hosts = context.hosts(wanted.hosts).map((host) => [host, wanted.results.flatMap((name) => resultOf(host, name, context))] as const)
    const flat = hosts.flatMap(([host, results]) => results.map((one) => [host, one] as const))
    const away = flat.filter(([, one]) => one.unreachable)
    const clocks: Clocks = Object.fromEntries(flat.flatMap(([host, { clock: one }]) => (one ? [[host, one]] : [])))
    const compared = clockFindings(clocks, wanted.clocks)
    const findings = [
      ...wanted.general,
      ...byText(flat.flatMap(([host, one]) => (one.findings ?? []).map((text) => [host, text] as const))),
      ...byText(away.map(([host, { msg }]) => [host, `can not be reached${msg === undefined ? '' : `: ${msg}`}`] as const)),
      ...compared.findings,
    ]
    const warnings = [...byText(flat.flatMap(([host, one]) => (one.warnings ?? []).map((text) => [host, text] as const))), ...compared.warnings]
    const result = { findings }
    if (findings.length === 0) return { changes: [], result, warnings }
    const count = findings.length === 1 ? 'one thing stands' : `${findings.length} things stand`
    return { changes: [], result, warnings, failed: [`${count} in the way of this run; nothing was changed:`, ...findings.map((text) => `- ${text}`)].join('\n') }
  },
})

function resultOf(host: string, name: string, context: Context): Looked[] {
  const result = `hostvars[${JSON.stringify(host)}].${name}`
  if (context.evaluate(`${result} is defined`) !== true) return []
  const parsed = looked.safeParse(context.evaluate(result))
  return parsed.success ? [parsed.data] : []
}

/** What several hosts have in common is said once. */
function byText(all: (readonly [host: string, text: string])[]): string[] {
  const hosts = new Map<string, string[]>()
  for (const [host, text] of all) hosts.set(text, [...(hosts.get(text) ?? []), host])
  return [...hosts].map(([text, names]) => `${names.join(', ')}: ${text}`)
}
