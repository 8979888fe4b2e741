/** Debian's packages: which are to be installed, upgraded or removed, in one run of apt-get. */
import { type Change, type Context, type Facts, type Plan, type Probe, probe } from '../../../src/module/index.ts'
import {
  emptyListsProbe,
  listsEmpty,
  listsProbes,
  listsTime,
  type ListsRequest,
  refreshChange,
  refreshDue,
} from './package-lists.ts'
import {
  APT_READS,
  type AptOptions,
  aptRun,
  aptWords,
  DPKG_STATUS,
  installError,
  notInLists,
  parseSimulation,
  simulation,
} from './apt-get.ts'
import { known } from '../../lib/known.ts'
import { globRegExp } from '../../lib/glob-regexp.ts'
import { nameList, packageDiff, packageEffects, type PackageSpec, type PackageState, type Transaction, versionFits,  } from '../specification.ts'

export interface AptRequest extends AptOptions, ListsRequest {
  packages: PackageSpec[]
  state: PackageState
}

/** All that is known to dpkg: state, name, version, and what it provides. */
export const installedProbe = probe.command({
  argv: ['dpkg-query', '-W', '-f', '${db:Status-Abbrev}\t${Package}\t${Version}\t${Provides}\n'],
  reads: [DPKG_STATUS],
})

const packageProbe = (spec: PackageSpec) => probe.package({ name: spec.name, manager: 'apt' })
const isPattern = (spec: PackageSpec) => /[*?[]/.test(spec.name)

export function aptProbes(request: AptRequest, facts: Facts): Probe[] {
  const { packages } = request
  const first: Probe[] = [...packages.filter((spec) => !isPattern(spec)).map(packageProbe), ...listsProbes(request)]
  if (packages.some(isPattern) || (request.state === 'absent' && request.purge)) first.push(installedProbe)
  if (!first.every((one) => facts.has(one))) return first
  if (request.state === 'absent') return [...first, ...simulationProbes(request, toRemove(request, facts), 'remove')]
  const absent = packages.filter((spec) => !isInstalled(spec, facts))
  if (absent.length === 0 && request.state === 'present') return first
  const second = [...first, installedProbe, emptyListsProbe]
  if (!second.every((one) => facts.has(one))) return second
  second.push(...policyProbes(packages, facts))
  if (!second.every((one) => facts.has(one))) return second
  return [...second, ...simulationProbes(request, toInstall(request, facts), 'install')]
}

/** The changes for the named packages; none when all are as asked for. */
export function planApt(request: AptRequest, facts: Facts, context: Context): Plan {
  const due = refreshDue(request, facts, context)
  const result = { cache_updated: false, cache_update_time: listsTime(facts) }
  if (request.packages.length === 0) return { changes: due ? [refreshChange(request)] : [], result }
  if (request.state === 'absent') {
    const changes = removeChanges(request, facts)
    return typeof changes === 'string' ? { changes: [], failed: changes } : { changes, result }
  }
  const specs = toInstall(request, facts)
  if (specs.length === 0) return { changes: [], result }
  const plan = installChanges(request, specs, due, facts, context)
  return typeof plan === 'string' ? { changes: [], failed: plan } : { changes: plan, result }
}

function installChanges(request: AptRequest, specs: string[], due: boolean, facts: Facts, context: Context): Change[] | string {
  const words = installWords(request, specs)
  const foreseen = known(facts.get(probe.command(simulation(words))))
  const missing = foreseen !== undefined && foreseen.rc !== 0 && notInLists(foreseen.stderr)
  const refresh = due || ((missing || listsEmpty(facts)) && !context.outcomes)
  if (foreseen && foreseen.rc !== 0 && !refresh) return installError(specs, foreseen.stderr || foreseen.stdout)
  const transaction = foreseen?.rc === 0 ? withoutPlanned(parseSimulation(foreseen.stdout), request, facts) : undefined
  if (transaction && !refresh && isEmpty(transaction)) return []
  const changes = refresh ? [refreshChange(request, due)] : []
  // With lists that are about to be fetched, what is foreseen from the old ones may not be what is done.
  const expected: Transaction =
    transaction && !refresh ? transaction : { install: specs.map((name) => ({ name: bareName(name) })), remove: [] }
  changes.push({
    summary: `${request.state === 'latest' ? 'bring to the latest version' : 'install'} ${nameList(specs)}${extra(expected, specs)}`,
    ...packageDiff(expected),
    actions: [aptRun(words, request.lock_timeout, effects(expected, specs))],
  })
  return changes
}

/** In check mode an earlier task may be about to install some of it. */
function withoutPlanned(transaction: Transaction, request: AptRequest, facts: Facts): Transaction {
  const versions = new Map(request.packages.map((spec) => [spec.name, installedVersion(spec, facts)]))
  return {
    ...transaction,
    install: transaction.install.filter((one) => one.version === undefined || versions.get(one.name) !== one.version),
  }
}

function removeChanges(request: AptRequest, facts: Facts): Change[] | string {
  const names = toRemove(request, facts)
  if (names.length === 0) return []
  const words = removeWords(request, names)
  const foreseen = known(facts.get(probe.command(simulation(words))))
  if (foreseen && foreseen.rc !== 0) return installError(names, foreseen.stderr).replace('could not install', 'could not remove')
  const transaction = foreseen ? parseSimulation(foreseen.stdout) : { install: [], remove: names.map((name) => ({ name })) }
  // Only provided by another package: there is nothing of that name to remove.
  if (isEmpty(transaction)) return []
  return [
    {
      summary: `${request.purge ? 'purge' : 'remove'} ${nameList(names)}${extra(transaction, names)}`,
      ...packageDiff(transaction),
      actions: [aptRun(words, request.lock_timeout, packageEffects('apt', transaction, DPKG_STATUS))],
    },
  ]
}

/** Words for install, each as apt-get wants it. */
function toInstall(request: AptRequest, facts: Facts): string[] {
  const wanted = request.state === 'latest' ? request.packages : request.packages.filter((spec) => !isInstalled(spec, facts))
  return wanted
    .filter((spec) => !isProvided(spec, facts))
    .filter((spec) => !request.only_upgrade || installedVersion(spec, facts) !== undefined)
    .map((spec) => spec.text)
}

function toRemove(request: AptRequest, facts: Facts): string[] {
  const rows = facts.has(installedProbe) ? dpkgRows(facts) : []
  return request.packages.flatMap((spec) => {
    const there = (row: DpkgRow) => row.status[1] === 'i' || (request.purge && row.status[1] === 'c')
    if (isPattern(spec)) return rows.filter((row) => there(row) && globRegExp(spec.name).test(row.name)).map((row) => row.name)
    const leftovers = rows.some((row) => row.name === spec.name && there(row))
    const version = installedVersion(spec, facts)
    const fits = version !== undefined && (spec.version === undefined || versionFits(version, spec.version))
    return fits || (leftovers && version === undefined) ? [spec.name] : []
  })
}

function isInstalled(spec: PackageSpec, facts: Facts): boolean {
  if (isPattern(spec)) return dpkgRows(facts).some((row) => row.status[1] === 'i' && globRegExp(spec.name).test(row.name))
  const version = installedVersion(spec, facts)
  return version !== undefined && (spec.version === undefined || versionFits(version, spec.version))
}

/** A name that is no package but is provided by one that is installed (mail-transport-agent). */
function isProvided(spec: PackageSpec, facts: Facts): boolean {
  if (!maybeProvided(spec, facts)) return false
  const policy = known(facts.get(policyProbe(spec)))
  return policy !== undefined && !/^\s*Candidate: (?!\(none\))/m.test(policy.stdout)
}

function maybeProvided(spec: PackageSpec, facts: Facts): boolean {
  if (spec.version !== undefined || isPattern(spec) || !facts.has(installedProbe)) return false
  const rows = dpkgRows(facts).filter((row) => row.status[1] === 'i')
  return !rows.some((row) => row.name === spec.name) && rows.some((row) => row.provides.includes(spec.name))
}

/** Is there also a real package of that name. */
const policyProbe = (spec: PackageSpec) =>
  probe.command({ argv: ['apt-cache', 'policy', spec.name], env: { LC_ALL: 'C' }, reads: APT_READS })

const policyProbes = (packages: PackageSpec[], facts: Facts): Probe[] =>
  packages.filter((spec) => maybeProvided(spec, facts)).map(policyProbe)

function installedVersion(spec: PackageSpec, facts: Facts): string | undefined {
  if (isPattern(spec)) return undefined
  return known(facts.get(packageProbe(spec)))?.installed
}

interface DpkgRow {
  status: string
  name: string
  provides: string[]
}

function dpkgRows(facts: Facts): DpkgRow[] {
  const text = known(facts.get(installedProbe))?.stdout ?? ''
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [status = '', name = '', , provides = ''] = line.split('\t')
      return {
        status,
        name,
        provides: provides.split(',').map((part) =>
          part
            .trim()
            .replace(/\s*\(.*\)$/, '')
            .replace(/:.*$/, ''),
        ),
      }
    })
}

function simulationProbes(request: AptRequest, names: string[], verb: 'install' | 'remove'): Probe[] {
  if (names.length === 0) return []
  return [probe.command(simulation(verb === 'install' ? installWords(request, names) : removeWords(request, names)))]
}

const installWords = (request: AptRequest, names: string[]) => aptWords(['install'], names, { ...request, purge: false })
const removeWords = (request: AptRequest, names: string[]) =>
  aptWords(['remove'], names, {
    ...request,
    only_upgrade: false,
    install_recommends: undefined,
    default_release: undefined,
    fail_on_autoremove: false,
  })

const isEmpty = (transaction: Transaction) => transaction.install.length === 0 && transaction.remove.length === 0
const bareName = (text: string) => text.replace(/[=/].*$/, '')

/** ' (and 3 that they need)'. */
function extra(transaction: Transaction, names: string[]): string {
  const more = transaction.install.length + transaction.remove.length - names.length
  return more > 0 ? ` (${transaction.install.length + transaction.remove.length} packages)` : ''
}

function effects(transaction: Transaction, specs: string[]) {
  const named = specs
    .map(bareName)
    .filter((name) => !/[*?[]/.test(name) && !transaction.install.some((one) => one.name === name))
  const install = [...transaction.install, ...named.map((name) => ({ name, version: undefined }))]
  return packageEffects('apt', { ...transaction, install }, DPKG_STATUS)
}
