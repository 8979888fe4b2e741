/** Names resolve as every program of the host resolves them: DNS, /etc/hosts and what else nsswitch.conf says. */
import { isIP } from 'node:net'
import { probe } from '../../../src/module/index.ts'
import type { PreflightArgs } from './arguments.ts'
import type { Check } from './check.ts'

const namesOf = (args: PreflightArgs): string[] => [...new Set(args.names)].filter((name) => name !== '' && isIP(name) === 0)
const ask = (name: string) => probe.command({ argv: ['getent', 'ahosts', name], timeout: 15, reads: ['/etc/hosts', '/etc/resolv.conf'] })

export const names: Check = {
  observe: (args) => namesOf(args).map(ask),
  judge(args, facts) {
    const answers = namesOf(args).map((name) => ({ name, fact: facts.need(ask(name)) }))
    if (answers.some(({ fact }) => !fact.found)) return { warnings: ['names were not looked up: there is no program getent'] }
    const lost = answers.filter(({ fact }) => fact.rc !== 0).map(({ name }) => name)
    if (lost.length === 0) return {}
    return { findings: [`${lost.join(', ')} ${lost.length === 1 ? 'does' : 'do'} not resolve here: correct the name, or add it to DNS or /etc/hosts`] }
  },
}
