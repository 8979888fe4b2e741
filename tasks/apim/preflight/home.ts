/** Nothing else is where the server is going to be: another release, another product, or a unit that runs another home. */
import { type Facts, type Probe, probe, Unknown } from '../../../src/module/index.ts'
import { utf8 } from '../../lib/content.ts'
import type { PreflightArgs } from './arguments.ts'
import type { Check } from './check.ts'

type Wanted = NonNullable<PreflightArgs['home']>

const place = ({ path }: Wanted) => probe.file({ path, follow: true })
const release = ({ path }: Wanted) => probe.file({ path: `${path}/bin/version.txt`, follow: true, content: true })
const unitFile = ({ unit }: Wanted) => probe.file({ path: `/etc/systemd/system/${unit}.service`, follow: true, content: true })
const textOf = (question: Probe<'file'>, facts: Facts): string | undefined => {
  const fact = facts.get(question)
  return fact instanceof Unknown || !fact.content ? undefined : utf8(fact.content)
}

export const home: Check = {
  observe: ({ home: wanted }) => (wanted === undefined ? [] : [place(wanted), release(wanted), ...(wanted.unit === undefined ? [] : [unitFile(wanted)])]),
  judge({ home: wanted }, facts) {
    if (wanted === undefined) return {}
    const there = facts.need(place(wanted))
    const text = textOf(release(wanted), facts)
    const findings: string[] = []
    if (there.exists && there.type !== 'directory') findings.push(`${wanted.path}, the home of the server, is a ${there.type}`)
    if (text !== undefined) findings.push(...releaseFindings(text, wanted.version, `${wanted.path} holds`, 'another release goes into another apim_node.home'))
    const runs = wanted.unit === undefined ? undefined : /^(?:Environment=.*)?["\s]?CARBON_HOME=([^"\n]+)/m.exec(textOf(unitFile(wanted), facts) ?? '')?.[1]
    if (runs !== undefined && runs !== wanted.path) findings.push(`the unit ${wanted.unit} runs ${runs}, but apim_node.home is ${wanted.path}: stop that server and remove its unit file, or correct apim_node.home`)
    return { findings, result: { present: text !== undefined } }
  },
}

/** `WSO2 API Manager v3.2.0` is 3.2.0 of the product. */
export function releaseFindings(text: string, version: string, holds: string, advice: string): string[] {
  const name = text.trim().split('\n')[0] ?? ''
  const found = /\d+\.\d+\.\d+/.exec(name)?.[0]
  if (!/API Manager/i.test(name)) return [`${holds} ${name === '' ? 'no release' : name}, which is not WSO2 API Manager`]
  return found === version ? [] : [`${holds} ${name}, but apim.version is ${version}: ${advice}`]
}
