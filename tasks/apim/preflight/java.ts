/** The Java of the node is one that the release runs on; where there is none yet, the one that would be installed. */
import { type Facts, type Probe, probe, Unknown } from '../../../src/module/index.ts'
import { utf8 } from '../../lib/content.ts'
import type { PreflightArgs } from './arguments.ts'
import type { Check, Judgement } from './check.ts'
import { javaRange } from './java-range.ts'

type Wanted = NonNullable<PreflightArgs['java']>
type Range = readonly [number, number]

const IN_PATH = probe.program({ name: 'java' })
const PACKAGE = 'default-jdk-headless'

/** What apt would install, without asking anybody but the lists that are there. */
const candidates = ([from, to]: Range): Probe<'command'> =>
  probe.command({ argv: ['apt-cache', 'policy', PACKAGE, ...Array.from({ length: to - from + 1 }, (_, index) => `openjdk-${to - index}-jdk-headless`)], env: { LC_ALL: 'C' }, reads: ['apt'] })

const script = (args: PreflightArgs): Probe<'file'> | undefined => (args.home ? probe.file({ path: `${args.home.path}/${args.home.script}`, follow: true, content: true }) : undefined)

function version(wanted: Wanted, facts: Facts): Probe<'command'> | undefined {
  const program = wanted.home === '' ? facts.need(IN_PATH).path : `${wanted.home}/bin/java`
  return program === undefined ? undefined : probe.command({ argv: [program, '-XshowSettings:properties', '-version'], reads: [program] })
}

/** What the operator says, else the script of the home that is there, else what is known of the release. */
function rangeOf(args: PreflightArgs, wanted: Wanted, facts: Facts): Range {
  const question = script(args)
  if (wanted.fixed || question === undefined) return wanted.versions
  const fact = facts.get(question)
  return (fact instanceof Unknown || !fact.content ? undefined : javaRange(utf8(fact.content))) ?? wanted.versions
}

export const java: Check = {
  observe(args, facts) {
    const wanted = args.java
    if (wanted === undefined) return []
    const first = [IN_PATH, script(args)].filter((one) => one !== undefined)
    if (!first.every((one) => facts.has(one))) return first
    const question = version(wanted, facts)
    if (question !== undefined) return [...first, question]
    return wanted.installed ? [...first, candidates(rangeOf(args, wanted, facts))] : first
  },
  judge(args, facts) {
    const wanted = args.java
    if (wanted === undefined) return {}
    const range = rangeOf(args, wanted, facts)
    const question = version(wanted, facts)
    if (question === undefined) return wanted.installed ? toInstall(wanted, range, facts.need(candidates(range)).stdout) : {}
    const fact = facts.need(question)
    const place = wanted.home === '' ? '' : ` in ${wanted.home}`
    if (!fact.found) return { findings: [`there is no bin/java${place}: install a JDK (${range[0]} to ${range[1]}) there, or correct apim.java_home`] }
    const number = Number(/java\.specification\.version = (?:1\.)?(\d+)/.exec(fact.stderr)?.[1])
    if (Number.isNaN(number)) return { findings: [`java${place} does not say its version: is it a JDK?`] }
    if (number >= range[0] && number <= range[1]) return { result: { java: number } }
    return { findings: [`has Java ${number}${place}, but ${wanted.product} runs on Java ${range[0]} to ${range[1]}: install one, and give its directory as apim.java_home`] }
  },
}

/** The distribution's default where it is in the range, else the newest that is. */
export function toInstall(wanted: Pick<Wanted, 'product'>, range: Range, policy: string): Judgement {
  const found = [...policy.matchAll(/^(\S+):\n(?: {2}.*\n)*? {2}Candidate: (\S+)/gm)].filter((match) => match[2] !== '(none)').map((match) => ({ name: match[1] as string, number: majorOf(match[1] as string, match[2] as string) }))
  const good = found.find(({ number }) => number >= range[0] && number <= range[1])
  if (good !== undefined) return { result: { java_package: good.name } }
  const preset = found.find(({ name }) => name === PACKAGE)
  const would = preset === undefined ? 'no package would bring one' : `${PACKAGE} would bring Java ${preset.number}`
  return { findings: [`there is no Java here, and ${would}, but ${wanted.product} runs on Java ${range[0]} to ${range[1]}: install one, and give its directory as apim.java_home`] }
}

/** `openjdk-17-jdk-headless`; `2:1.17-74` of the default. */
function majorOf(name: string, candidate: string): number {
  return Number(/^openjdk-(\d+)-/.exec(name)?.[1] ?? /^(?:\d+:)?1\.(\d+)/.exec(candidate)?.[1] ?? Number.NaN)
}
