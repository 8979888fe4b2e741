/** Fedora's and Red Hat's packages, by dnf or yum. */
import { type Change, type Facts, type Plan, type Probe, probe, type RunAction } from '../../../src/module/index.ts'
import { known } from '../../lib/known.ts'
import { nameList, packageEffects, type PackageState } from '../specification.ts'

export interface DnfRequest {
  program: 'dnf' | 'yum'
  names: string[]
  state: PackageState
  /** Options for each call. */
  options: string[]
  /** With latest: leave packages alone that are not installed. */
  update_only: boolean
  update_cache: boolean
  autoremove: boolean
}

export const RPM_DATABASE = '/var/lib/rpm'
const READS = [RPM_DATABASE, '/var/lib/dnf', '/etc/yum.repos.d', '/etc/dnf', '/etc/yum.conf']

const environment = { LC_ALL: 'C.UTF-8' }
/** Is the name, or something that provides it, installed. */
const providesProbe = (name: string) =>
  probe.command({ argv: ['rpm', '-q', '--whatprovides', '--', name], reads: [RPM_DATABASE] })

/** Names that only dnf itself can judge: all packages, groups, files and addresses. */
const special = (name: string) => name === '*' || name.startsWith('@') || name.includes('/') || /[?*[]/.test(name)

/** What dnf would do; it answers no to its own question. */
const simulationProbe = (request: DnfRequest, command: string, names: string[]) =>
  probe.command({ argv: [...words(request, command, names, '--assumeno')], env: environment, reads: READS, timeout: 300 })

export function dnfProbes(request: DnfRequest, facts: Facts): Probe[] {
  const plain = request.names.filter((name) => !special(name))
  const first: Probe[] = plain.map((name) => probe.package({ name }))
  if (!first.every((one) => facts.has(one))) return first
  const second = [...first, ...plain.filter((name) => !installed(name, facts)).map(providesProbe)]
  if (!second.every((one) => facts.has(one))) return second
  return [...second, ...simulations(request, facts)]
}

export function planDnf(request: DnfRequest, facts: Facts): Plan {
  if (request.state === 'absent') return { changes: removal(request, facts) }
  const missing = request.names.filter((name) => !special(name) && !satisfied(name, facts) && !leftAlone(request))
  const judged = judgedNames(request)
  const changes: Change[] = []
  const open = judged.filter(({ command, name }) => wouldChange(facts, simulationProbe(request, command, [name])))
  const install = [...missing, ...open.filter((one) => one.command === 'install').map((one) => one.name)]
  const upgrade = open.filter((one) => one.command === 'upgrade' && !missing.includes(one.name)).map((one) => one.name)
  if (install.length > 0) changes.push(change(request, `install ${nameList(install)}`, 'install', install))
  if (upgrade.length > 0) {
    const all = upgrade.includes('*')
    changes.push(change(request, all ? 'upgrade all packages' : `upgrade ${nameList(upgrade)}`, 'upgrade', all ? [] : upgrade))
  }
  return { changes }
}

function removal(request: DnfRequest, facts: Facts): Change[] {
  if (request.autoremove && request.names.length === 0) {
    return wouldChange(facts, simulationProbe(request, 'autoremove', []))
      ? [change(request, 'remove packages that nothing needs any more', 'autoremove', [])]
      : []
  }
  const names = request.names.filter((name) =>
    special(name) ? wouldChange(facts, simulationProbe(request, 'remove', [name])) : installed(name, facts),
  )
  return names.length > 0 ? [change(request, `remove ${nameList(names)}`, 'remove', names)] : []
}

function simulations(request: DnfRequest, facts: Facts): Probe[] {
  if (request.state === 'absent') {
    if (request.autoremove && request.names.length === 0) return [simulationProbe(request, 'autoremove', [])]
    return request.names.filter(special).map((name) => simulationProbe(request, 'remove', [name]))
  }
  const ask = judgedNames(request).filter(({ name }) => special(name) || satisfied(name, facts))
  return ask.map(({ command, name }) => simulationProbe(request, command, [name]))
}

/** Names for which dnf is asked what it would do. */
function judgedNames(request: DnfRequest): { command: string; name: string }[] {
  if (request.state === 'latest')
    return request.names.map((name) => ({ command: name.startsWith('@') || name.includes('/') ? 'install' : 'upgrade', name }))
  return request.names.filter(special).map((name) => ({ command: 'install', name }))
}

function wouldChange(facts: Facts, asked: Probe<'command'>): boolean {
  if (!facts.has(asked)) return false
  const fact = known(facts.get(asked))
  return fact === undefined || !/Nothing to do|No packages marked for|No Packages marked/.test(fact.stdout + fact.stderr)
}

function change(request: DnfRequest, summary: string, command: string, names: string[]): Change {
  const manager = request.program
  const list = names.map((name) => ({ name }))
  const transaction = command === 'remove' ? { install: [], remove: list } : { install: list, remove: [] }
  const run: RunAction = {
    kind: 'run',
    argv: words(request, command, names, '-y'),
    env: environment,
    stream: true,
    makes: packageEffects(manager, transaction, RPM_DATABASE),
  }
  return { summary, actions: [run] }
}

function words(request: DnfRequest, command: string, names: string[], answer: string): string[] {
  const refresh = request.update_cache && request.program === 'dnf' ? ['--refresh'] : []
  const list = names.includes('*') && command === 'upgrade' ? [] : names
  return [request.program, answer, ...refresh, ...request.options, command, ...list]
}

const leftAlone = (request: DnfRequest) => request.update_only && request.state === 'latest'

const satisfied = (name: string, facts: Facts) => installed(name, facts) || provided(name, facts)

function installed(name: string, facts: Facts): boolean {
  return known(facts.get(probe.package({ name })))?.installed !== undefined
}

function provided(name: string, facts: Facts): boolean {
  const asked = providesProbe(name)
  return facts.has(asked) && known(facts.get(asked))?.rc === 0
}

/** dnf's own word on why it failed, and that of managers that have no such words: their last line. */
export function dnfError(stderr: string, stdout: string): string {
  const [complaints, output] = [stderr, stdout].map((text) => text.split('\n').map((line) => line.trim()).filter((line) => line !== ''))
  const found = [...complaints!, ...output!].filter((line) => /^(Error|No match|Unable)/.test(line))
  return found.at(-1) ?? complaints!.at(-1) ?? output!.at(-1) ?? 'the package manager failed and said nothing'
}
