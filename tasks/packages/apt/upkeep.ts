/** What apt can do without a package name: upgrade all, remove what nobody needs, empty its cache, repair. */
import { type Change, type Context, type Facts, type Plan, type Probe, probe } from '../../../src/module/index.ts'
import { type ListsRequest, refreshChange, refreshDue } from './package-lists.ts'
import {
  APT_READS,
  aptError,
  type AptOptions,
  aptRun,
  aptWords,
  DPKG_STATUS,
  parseSimulation,
  simulation,
} from './apt-get.ts'
import { known } from '../../lib/known.ts'
import { packageDiff, packageEffects } from '../specification.ts'

export interface UpkeepRequest extends AptOptions, ListsRequest {
  upgrade: 'no' | 'yes' | 'safe' | 'full' | 'dist'
  fixed: boolean
  buildDep: string[]
  autoremoveAll: boolean
  autoclean: boolean
  clean: boolean
}

interface Step {
  summary: string
  words: string[]
}

const ARCHIVES = '/var/cache/apt/archives'
const archivesProbe = probe.command({ argv: ['find', ARCHIVES, '-maxdepth', '1', '-name', '*.deb'], reads: [ARCHIVES] })
const autocleanProbe = probe.command({
  argv: ['apt-get', '-s', '-o', 'Debug::NoLocking=1', 'autoclean'],
  env: { LC_ALL: 'C' },
  reads: [ARCHIVES, ...APT_READS],
})

export function upkeepProbes(request: UpkeepRequest): Probe[] {
  return [
    ...transactions(request).map((step) => probe.command(simulation(step.words))),
    ...(request.clean ? [archivesProbe] : []),
    ...(request.autoclean ? [autocleanProbe] : []),
  ]
}

/** `refreshed`: the lists were fetched by an earlier change of this plan. */
export function planUpkeep(request: UpkeepRequest, facts: Facts, context: Context, refreshed: boolean): Plan {
  const changes: Change[] = []
  const refresh = !refreshed && request.upgrade !== 'no' && refreshDue(request, facts, context)
  if (refresh) changes.push(refreshChange(request))
  for (const step of transactions(request)) {
    const foreseen = known(facts.get(probe.command(simulation(step.words))))
    if (foreseen && foreseen.rc !== 0)
      return { changes: [], failed: `apt-get can't ${step.summary}: ${aptError(foreseen.stderr)}` }
    const transaction = foreseen ? parseSimulation(foreseen.stdout) : { install: [], remove: [] }
    const count = transaction.install.length + transaction.remove.length
    // The simulation saw the old lists: what a fresh look brings can't be told from it.
    if (foreseen && count === 0 && !((refresh || refreshed) && request.upgrade !== 'no')) continue
    changes.push({
      summary: count > 0 ? `${step.summary} (${count} packages)` : step.summary,
      ...packageDiff(transaction),
      actions: [aptRun(step.words, request.lock_timeout, packageEffects('apt', transaction, DPKG_STATUS))],
    })
  }
  return { changes: [...changes, ...cacheChanges(request, facts)] }
}

function cacheChanges(request: UpkeepRequest, facts: Facts): Change[] {
  const changes: Change[] = []
  const run = (command: string) => ({
    ...aptRun(['apt-get', '-y', command], request.lock_timeout, [
      { kind: 'touched', resource: ARCHIVES, reason: 'the cache of packages is cleaned by then' } as const,
    ]),
    complete: true,
  })
  if (request.clean && known(facts.get(archivesProbe))?.stdout.trim() !== '') {
    changes.push({ summary: 'empty the cache of packages', actions: [run('clean')] })
  }
  if (request.autoclean && !request.clean && /^Del /m.test(known(facts.get(autocleanProbe))?.stdout ?? 'Del ')) {
    changes.push({ summary: 'remove outdated packages from the cache', actions: [run('autoclean')] })
  }
  return changes
}

function transactions(request: UpkeepRequest): Step[] {
  const options = { ...request, autoremove: request.autoremove && request.upgrade !== 'no' }
  const steps: Step[] = []
  if (request.fixed)
    steps.push({ summary: 'repair broken dependencies', words: aptWords(['install', '--fix-broken'], [], options) })
  if (request.upgrade === 'full' || request.upgrade === 'dist') {
    steps.push({ summary: 'upgrade all packages, also where others must go', words: aptWords(['dist-upgrade'], [], options) })
  } else if (request.upgrade !== 'no') {
    steps.push({ summary: 'upgrade all packages', words: aptWords(['upgrade', '--with-new-pkgs'], [], options) })
  }
  if (request.buildDep.length > 0) {
    steps.push({
      summary: `install what building ${request.buildDep.join(', ')} needs`,
      words: aptWords(['build-dep'], request.buildDep, options),
    })
  }
  if (request.autoremoveAll)
    steps.push({ summary: 'remove packages that nothing needs any more', words: aptWords(['autoremove'], [], options) })
  return steps
}
