/**
 * What answers on another host. Three answers are told apart: somebody listens, nobody listens (the way there is free), and
 * nothing comes back, as behind a firewall that drops.
 */
import { probe } from '../../../src/module/index.ts'
import type { PreflightArgs } from './arguments.ts'
import { aside, type Check } from './check.ts'

type Wanted = PreflightArgs['reach'][number]

/** Seconds: a SYN that is lost is sent again after one. */
const PATIENCE = 4

/** bash alone can open a connection; the text is fixed, host and port come as arguments. */
const ask = ({ host, port }: Wanted) =>
  probe.command({ argv: ['bash', '-c', 'exec 3<>"/dev/tcp/$0/$1"', host, String(port)], env: { LC_ALL: 'C' }, timeout: PATIENCE, reads: [`tcp:${host}:${port}`] })

export const reach: Check = {
  observe: (args) => args.reach.map(ask),
  judge(args, facts) {
    const answers = args.reach.map((wanted) => ({ wanted, fact: facts.need(ask(wanted)) }))
    if (answers.some(({ fact }) => !fact.found)) return { warnings: ['connections were not tried: there is no bash'] }
    const closed = answers.map(({ wanted, fact }) => ({ wanted, why: hindrance(wanted, fact) })).filter(({ why }) => why !== undefined)
    return { findings: [...new Set(closed.map(({ wanted }) => `${wanted.host} ${wanted.open}`))].map((key) => textOf(closed.filter(({ wanted }) => `${wanted.host} ${wanted.open}` === key))) }
  },
}

/** Of one host all ports in one sentence. */
function textOf(closed: { wanted: Wanted; why?: string }[]): string {
  const [{ wanted, why }] = closed as [{ wanted: Wanted; why?: string }]
  return `${wanted.host}:${closed.map((one) => `${one.wanted.port}${aside(one.wanted.what)}`).join(', ')} can not be reached from here: ${why}`
}

function hindrance(wanted: Wanted, fact: { rc: number; stderr: string }): string | undefined {
  if (fact.rc === 0) return undefined
  if (fact.rc === 124 || fact.rc === 137) return `nothing came back within ${PATIENCE} s: is there a firewall between the two, or the machine down?`
  if (/Connection refused/.test(fact.stderr)) return wanted.open ? 'nothing listens there: start it, or correct host and port' : undefined
  // Said by the check of names.
  if (/not known|Temporary failure|No address|Name does not resolve|Servname/i.test(fact.stderr)) return undefined
  const said = /: ([A-Z][a-z][\w ]+)\s*$/m.exec(fact.stderr)?.[1]
  return said === undefined ? (wanted.open ? 'no connection' : undefined) : said.toLowerCase()
}
