/**
 * Observe, plan, apply, verify: brings one host to what one task asks, for all items of its loop.
 *
 * Check mode is this same code, ended after the plan. What an apply made is observed and planned again: a plan that is
 * not empty then is the failure "did not converge".
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { ShownChange } from '../events/index.ts'
import { type Change, type Context, type EngineEffects, NeedsUnknown, type Plan, type TaskModule } from '../module/contract.ts'
import type { Action, Outcome } from '../remote/action.ts'
import { controller, UnreachableError } from '../remote/index.ts'
import { type Fact, type Probe, probeKey } from '../remote/probe.ts'
import { Unknown } from '../template/index.ts'
import type { Reach } from './connections.ts'
import { show } from './diff.ts'
import { FactsView } from './facts-view.ts'
import { independent } from './independent.ts'
import { messageOf } from './messages.ts'
import type { RunState } from './state.ts'

/** One loop item (or the whole task) with its arguments resolved. */
export interface Unit {
  args: unknown
  context(verifying?: { before: FactsView; outcomes: Outcome[] }): Context
  environment: Record<string, string>
}

export interface Job {
  run: RunState
  module: TaskModule
  reach: Reach
  check: boolean
  diff: boolean
  /** Ask these probes, and with them what coming tasks will need. */
  ask(probes: Probe[]): Promise<Fact[]>
  /** Probes of coming tasks, to ride along with an apply. */
  ahead(): Probe[]
  /** Called before the first action is sent: what has to be on disk before anything changes. */
  beforeApply?(): void
  onOutput?(stream: 'stdout' | 'stderr', text: string): void
  /** Do not use facts that were asked earlier (retries). */
  fresh?: boolean
}

export interface Verdict {
  status: 'ok' | 'changed' | 'skipped' | 'failed'
  /** Check mode: why it can't be told. */
  unknown?: string
  message?: string
  changes: ShownChange[]
  result: Record<string, unknown>
  warnings: string[]
  engine?: EngineEffects
}

interface Case {
  unit: Unit
  view: FactsView
  context: Context
  /** observe itself could not go on (a file that is not there): the task's failure. */
  broken?: unknown
}

export async function reconcile(job: Job, units: Unit[]): Promise<Verdict[]> {
  const cases = units.map((unit) => newCase(job, unit))
  if (job.module.patience && !job.check) await sleep((delayOf(job, units) ?? 0) * 1000, undefined, { ...(job.run.options.signal ? { signal: job.run.options.signal } : {}) }).catch(() => undefined)
  try {
    await observe(job, cases)
  } catch (error) {
    if (!(error instanceof UnreachableError) || !mayBeAway(job)) throw error
    return Promise.all(cases.map((each) => waitFor(job, each, { changes: [], pending: error.message }, base(job, { changes: [] }))))
  }
  return job.check ? predictAll(job, cases) : applyAll(job, cases)
}

/** Seconds before the first look. */
function delayOf(job: Job, units: Unit[]): number | undefined {
  return units[0] && job.module.patience?.(units[0].args as never).delay
}

/** That the host can't be reached is what is waited out. */
function mayBeAway(job: Job): boolean {
  return job.module.name === 'wait_for_connection' && !job.check
}

function newCase(job: Job, unit: Unit): Case {
  return { unit, view: new FactsView(job.reach, unit.environment, job.check, !job.fresh), context: unit.context() }
}

/** Asks until no module names anything new. */
async function observe(job: Job, cases: Case[], ask = job.ask): Promise<void> {
  for (let round = 0; round < 20; round++) {
    const missing = new Map<string, Probe>()
    const wanting: Case[] = []
    for (const each of cases) {
      const probes = probesNamed(job, each).filter((probe) => !each.view.has(probe))
      if (probes.length) wanting.push(each)
      for (const probe of probes) missing.set(probeKey(each.view.dress(probe)), each.view.dress(probe))
    }
    if (missing.size === 0) return
    const probes = [...missing.values()]
    const answers = await askBoth(job, probes, ask)
    for (const each of wanting) for (const [index, probe] of probes.entries()) each.view.put(probe, answers[index] as Fact)
  }
  throw new Error(`module ${job.module.name} keeps asking for more facts`)
}

function probesNamed(job: Job, each: Case): Probe[] {
  if (each.broken !== undefined) return []
  try {
    return job.module.observe(each.unit.args as never, each.view, each.context)
  } catch (error) {
    each.broken = error
    return []
  }
}

/** The controller answers at once; only what is left costs a round trip. */
async function askBoth(job: Job, probes: Probe[], ask: Job['ask']): Promise<Fact[]> {
  const here = probes.filter((probe) => probe.on === 'controller')
  const there = probes.filter((probe) => probe.on !== 'controller')
  const [local, remote] = await Promise.all([job.reach.controller.ask(here), there.length ? ask(there) : []])
  const answers = new Map<Probe, Fact>()
  here.forEach((probe, index) => answers.set(probe, local[index] as Fact))
  there.forEach((probe, index) => answers.set(probe, remote[index] as Fact))
  return probes.map((probe) => answers.get(probe) as Fact)
}

/** Runs plan; an error in it is the task's failure, not ours. */
function planOf(job: Job, { unit, view, context, broken }: Case): Plan & { unknown?: string } {
  try {
    if (broken !== undefined) throw broken
    return unlessPlanned(job, job.module.plan(unit.args as never, view, context))
  } catch (error) {
    if (error instanceof NeedsUnknown) return { changes: [], unknown: error.reason }
    return unlessPlanned(job, { changes: [], failed: messageOf(error) })
  }
}

/** In check mode nothing was applied yet: a failure may only mean that an earlier planned change is missing. */
function unlessPlanned(job: Job, plan: Plan): Plan & { unknown?: string } {
  const opaque = job.check ? (job.reach.store.overlay.opaque ?? job.reach.controller.overlay.opaque) : undefined
  if (!plan.failed || !opaque) return plan
  const { failed, ...rest } = plan
  return { ...rest, changes: [], unknown: `${failed} (${opaque})` }
}

async function predictAll(job: Job, cases: Case[]): Promise<Verdict[]> {
  const verdicts: Verdict[] = []
  for (const each of cases) {
    // What an earlier item would change may lead to new questions.
    await observe(job, [each])
    const plan = planOf(job, each)
    for (const action of plan.changes.flatMap((change) => change.actions)) {
      const store = action.on === 'controller' ? job.reach.controller : job.reach.store
      store.overlay.predict(action)
    }
    verdicts.push(predicted(job, plan))
  }
  return verdicts
}

function predicted(job: Job, plan: Plan & { unknown?: string }): Verdict {
  const verdict = base(job, plan)
  if (plan.unknown) return { ...verdict, status: job.module.changes === false ? 'ok' : 'changed', unknown: plan.unknown, result: unknownResult(job.module, plan.unknown) }
  if (verdict.status !== 'ok' && verdict.status !== 'changed') return verdict
  if (plan.pending) return { ...verdict, message: `not waited for in check mode: ${plan.pending}` }
  if (verdict.status === 'changed' && job.module.converges === false) {
    const reason = `${job.module.name} is not run in check mode`
    return { ...verdict, status: job.module.changes === false ? 'ok' : 'changed', result: { ...unknownResult(job.module, reason), ...plan.result } }
  }
  return verdict
}

/** Every documented return value, as not known. */
function unknownResult(module: TaskModule, reason: string): Record<string, unknown> {
  return Object.fromEntries(Object.keys(module.returns ?? {}).map((key) => [key, new Unknown(reason)]))
}

function base(job: Job, plan: Plan): Verdict {
  const verdict: Verdict = {
    status: plan.changes.length ? 'changed' : 'ok',
    changes: plan.changes.map((change) => show(change, job.diff)),
    result: { ...plan.result },
    warnings: plan.warnings ?? [],
    ...(plan.engine ? { engine: plan.engine } : {}),
  }
  if (plan.failed) return { ...verdict, status: 'failed', message: plan.failed, changes: [] }
  if (plan.skipped) return { ...verdict, status: 'skipped', message: plan.skipped }
  return verdict
}

async function applyAll(job: Job, cases: Case[]): Promise<Verdict[]> {
  const verdicts = new Map<Case, Verdict>()
  let rest = cases
  while (rest.length) {
    const group: { each: Case; plan: Plan }[] = []
    const later: Case[] = []
    for (const each of rest) {
      if (later.length || !independent(probesNamed(job, each), group.map(({ plan }) => plan))) {
        later.push(each)
        continue
      }
      const plan = planOf(job, each)
      if (plan.failed || plan.skipped) verdicts.set(each, base(job, plan))
      else if (plan.changes.length) group.push({ each, plan })
      else if (plan.pending) verdicts.set(each, await waitFor(job, each, plan, base(job, plan)))
      else verdicts.set(each, base(job, plan))
      if (group.length && !batchable(job, group.at(-1)?.plan as Plan)) {
        later.push(...rest.slice(rest.indexOf(each) + 1))
        break
      }
    }
    if (group.length) for (const [each, verdict] of await applyGroup(job, group)) verdicts.set(each, verdict)
    rest = later.map(({ unit }) => newCase(job, unit))
    for (const [index, each] of rest.entries()) {
      const old = later[index] as Case
      cases[cases.indexOf(old)] = each
    }
    if (rest.length) await observe(job, rest)
  }
  return cases.map((each) => verdicts.get(each) as Verdict)
}

/** Items whose single typed action can share a round trip with others. */
function batchable(job: Job, plan: Plan): boolean {
  const actions = plan.changes.flatMap((change) => change.actions)
  return job.module.converges !== false && actions.length === 1 && actions[0]?.kind !== 'run' && actions[0]?.on !== 'controller'
}

async function applyGroup(job: Job, group: { each: Case; plan: Plan }[]): Promise<[Case, Verdict][]> {
  job.beforeApply?.()
  const verify = job.module.converges === false ? [] : group.flatMap(({ each }) => probesOf(job, each))
  const actions = group.flatMap(({ plan }) => plan.changes.flatMap((change) => change.actions))
  const { outcomes, facts } = await perform(job, actions, group.length > 1, verify, group[0]?.each.unit.environment ?? {})
  const results: [Case, Verdict][] = []
  let used = 0
  for (const { each, plan } of group) {
    const count = plan.changes.reduce((sum, change) => sum + change.actions.length, 0)
    const own = outcomes.slice(used, used + count)
    used += count
    const verdict = base(job, plan)
    const bad = own.find((outcome) => !outcome.ok)
    results.push([each, bad ? failedAction(job, each, verdict, own, bad) : await verified(job, each, verdict, own, facts)])
  }
  return results
}

/** Sends the actions, those of the controller to the controller, and after them the probes. */
async function perform(job: Job, actions: Action[], keepGoing: boolean, probes: Probe[], environment: Record<string, string>) {
  const { run, reach } = job
  run.epoch++
  const outcomes: Outcome[] = []
  const facts = new Map<string, Fact>()
  const ahead = job.ahead()
  const then = [...new Map([...probes.filter((probe) => probe.on !== 'controller'), ...ahead].map((probe) => [probeKey(probe), probe])).values()]
  for (const [index, part] of splitByPlace(actions).entries()) {
    const last = index === splitByPlace(actions).length - 1
    if (part[0]?.on === 'controller') {
      outcomes.push(...(await controller.act(part)).outcomes)
    } else {
      const onOutput = job.onOutput ? (_: number, stream: 'stdout' | 'stderr', text: string) => job.onOutput?.(stream, text) : undefined
      const reply = await reach.connection.act(part, { keepGoing, environment, ...(last ? { then } : {}), ...(onOutput ? { onOutput } : {}) })
      outcomes.push(...reply.outcomes)
      if (last) reply.facts.forEach((fact, at) => facts.set(probeKey(then[at] as Probe), fact))
    }
    if (!keepGoing && outcomes.some((outcome) => !outcome.ok)) break
  }
  // Others may have observed while we acted: those facts are stale too.
  const epoch = ++run.epoch
  if (facts.size) reach.store.keep(then, then.map((probe) => facts.get(probeKey(probe)) as Fact), epoch)
  return { outcomes, facts }
}

function splitByPlace(actions: Action[]): Action[][] {
  const parts: Action[][] = []
  for (const action of actions) {
    const last = parts.at(-1)
    if (last && (last[0]?.on ?? 'host') === (action.on ?? 'host')) last.push(action)
    else parts.push([action])
  }
  return parts
}

function probesOf(job: Job, each: Case): Probe[] {
  return probesNamed(job, each).map((probe) => each.view.dress(probe))
}

function failedAction(job: Job, each: Case, verdict: Verdict, outcomes: Outcome[], bad: Outcome): Verdict {
  const report = job.module.report?.(each.unit.args as never, outcomes, each.view, each.context)
  const message = report?.failed ?? bad.error ?? `return code ${bad.rc}`
  const shown = { rc: bad.rc, stdout: bad.stdout, stderr: bad.stderr }
  return { ...verdict, status: 'failed', message, result: { ...shown, ...verdict.result, ...report?.result } }
}

async function verified(job: Job, each: Case, verdict: Verdict, outcomes: Outcome[], facts: Map<string, Fact>): Promise<Verdict> {
  const { unit } = each
  const view = new FactsView(job.reach, unit.environment, false, false)
  const after: Case = { unit, view, context: unit.context({ before: each.view, outcomes }) }
  const backup = outcomes.find((outcome) => outcome.backup)?.backup
  const withBackup = backup ? { ...verdict, result: { ...verdict.result, backup_file: backup } } : verdict
  if (job.module.converges === false) return reported(job, each, withBackup, outcomes)
  for (const probe of probesOf(job, each)) {
    const fact = facts.get(probeKey(probe))
    if (fact !== undefined) view.put(probe, fact)
  }
  await observe(job, [after], (probes) => job.reach.store.ask(probes))
  const plan = planOf(job, after)
  if (plan.failed) return { ...withBackup, status: 'failed', message: plan.failed, result: { ...withBackup.result, ...plan.result } }
  if (plan.changes.length) return notConverged(withBackup, plan.changes)
  const done = { ...withBackup, result: { ...plan.result, ...(backup ? { backup_file: backup } : {}) } }
  const settled = plan.pending ? await waitFor(job, each, plan, done, outcomes) : done
  return reported(job, after, settled, outcomes)
}

function reported(job: Job, each: Case, verdict: Verdict, outcomes: Outcome[]): Verdict {
  const report = verdict.status === 'failed' ? undefined : job.module.report?.(each.unit.args as never, outcomes, each.view, each.context)
  if (!report) return verdict
  const status = report.failed ? 'failed' : report.changed === false ? 'ok' : verdict.status
  return { ...verdict, status, result: { ...verdict.result, ...report.result }, ...(report.failed ? { message: report.failed } : {}) }
}

function notConverged(verdict: Verdict, changes: Change[]): Verdict {
  const left = changes.map((change) => change.summary).join('; ')
  return { ...verdict, status: 'failed', message: `did not converge: after the change was made, this is still to be done: ${left}` }
}

/** Asks again and again until time has made it so. */
async function waitFor(job: Job, each: Case, first: Plan, verdict: Verdict, outcomes?: Outcome[]): Promise<Verdict> {
  const patience = job.module.patience?.(each.unit.args as never) ?? { timeout: 300, interval: 5 }
  const deadline = Date.now() + patience.timeout * 1000
  let pending = first.pending
  while (Date.now() < deadline) {
    if (job.run.options.signal?.aborted) return { ...verdict, status: 'failed', message: 'interrupted while waiting' }
    await sleep(Math.max(50, patience.interval * 1000))
    const view = new FactsView(job.reach, each.unit.environment, false, false)
    const context = each.unit.context(outcomes ? { before: each.view, outcomes } : undefined)
    const again: Case = { unit: each.unit, view, context }
    try {
      await observe(job, [again], (probes) => job.reach.connection.ask(probes))
    } catch (error) {
      if (!(error instanceof UnreachableError) || !mayBeAway(job)) throw error
      pending = error.message
      continue
    }
    const plan = planOf(job, again)
    if (plan.failed) return { ...verdict, status: 'failed', message: plan.failed, result: { ...verdict.result, ...plan.result } }
    if (plan.changes.length && outcomes) return notConverged(verdict, plan.changes)
    if (!plan.pending) {
      job.run.epoch++
      return { ...verdict, result: { ...verdict.result, ...plan.result } }
    }
    pending = plan.pending
  }
  return { ...verdict, status: 'failed', message: `still waiting after ${patience.timeout} s: ${pending}`, result: { ...verdict.result, elapsed: patience.timeout } }
}

