import { arg, defineModule, type Plan, probe, z } from '../../src/module/index.ts'
import { globRegExp } from '../lib/glob-regexp.ts'

/** Asks for the facts of the host. */
export default defineModule({
  name: 'setup',
  changes: false,
  aliases: ['gather_facts'],
  summary: 'Ask for the facts of the host: system, network, hardware.',
  description:
    'Facts are asked for by themselves where a play or a template uses them: this is for asking again, or for a part of them.',
  examples: `
- name: Only what the network is like
  setup:
    gather_subset: ['!all', network]
    filter: [ansible_default_ipv4]
`,
  args: z.strictObject({
    gather_subset: arg.list
      .default(['all'])
      .describe('Parts to ask for: all, min, hardware, network, virtual …; with ! in front: not that.'),
    filter: arg.list.default([]).describe('Patterns: only facts whose names fit are kept.'),
    gather_timeout: arg.integer.default(10).describe('Accepted.'),
    fact_path: arg.path.default('/etc/ansible/facts.d').describe('Accepted.'),
  }),
  returns: { ansible_facts: 'The facts, as ansible_NAME.' },
  observe: (args) => [systemProbe(args)],
  plan(args, facts): Plan {
    const all = facts.need(systemProbe(args))
    const patterns = args.filter.filter((pattern) => pattern !== '').map((pattern) => globRegExp(pattern))
    const kept = Object.entries(all).filter(
      ([name]) => patterns.length === 0 || patterns.some((pattern) => pattern.test(name) || pattern.test(`ansible_${name}`)),
    )
    return {
      changes: [],
      result: { ansible_facts: Object.fromEntries(kept.map(([name, value]) => [`ansible_${name}`, value])) },
      engine: { systemFacts: Object.fromEntries(kept) },
    }
  },
})

const systemProbe = (args: { gather_subset: string[] }) =>
  probe.system(args.gather_subset.join() === 'all' ? {} : { subset: args.gather_subset })
