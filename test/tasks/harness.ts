/**
 * Runs one task module against this machine as the engine would: parse, observe, plan, act, observe, plan again.
 *
 *   const host = await localHost()
 *   const run = await apply(copy, { dest: `${host.directory}/a`, content: 'x' })
 *   test.after(() => host.close())
 *
 * `apply` asserts law 2 (the plan after applying is empty) unless the module or the caller opts out. `laws` runs all three
 * laws as a property. Every localHost has a directory of its own, removed by close().
 */
import * as assert from 'uvu/assert'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Action, Context, Fact, Outcome, Plan, Probe, TaskModule } from '../../src/module/index.ts'
import { connectLocal, controller } from '../../src/remote/index.ts'
import { makeContext } from './harness/context.ts'
import { parseArgs } from './harness/arguments.ts'
import { makeFacts, type KnownFacts } from './harness/facts.ts'

export { laws } from './harness/laws.ts'
export { parseArgs } from './harness/arguments.ts'
export { treeHash } from './harness/tree.ts'
export { predict } from './harness/overlay.ts'

// Modules differ in their schema; here only its name matters.
// biome-ignore lint/suspicious/noExplicitAny: any module is accepted
export type AnyModule = TaskModule<any>

export interface TestHost {
  /** A directory of this host alone, for the test to work in. */
  directory: string
  ask(probes: Probe[]): Promise<Fact[]>
  act(actions: Action[]): Promise<Outcome[]>
  close(): Promise<void>
}

export interface Options {
  /** Plan only. */
  check?: boolean
  /** Default: the last one that localHost() made. */
  host?: TestHost
  /** Files of the project: 'files/a.txt', 'templates/b.j2'; `find` looks in files/, templates/ … and beside them. */
  controllerFiles?: Record<string, string | Uint8Array>
  vars?: Record<string, unknown>
  /** Overrides of the context, for example `render`. */
  context?: Partial<Context>
  /** False: no second plan, or it may hold changes. */
  converges?: boolean
  /** False: a failed plan or action is returned, not thrown. */
  mustWork?: boolean
}

export interface Run {
  plan: Plan
  changed: boolean
  /** The message of a failed plan or action; with mustWork: false. */
  failed?: string
  outcomes: Outcome[]
  /** The plan after applying. */
  verify?: Plan
  /** What `register` sees. */
  result: Record<string, unknown>
  facts: KnownFacts
}

let current: TestHost | undefined

/** A connection to this machine, and a directory to work in. Close it in `test.after`. */
export async function localHost(): Promise<TestHost> {
  const session = await connectLocal()
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'aarun-test-')))
  const host: TestHost = {
    directory,
    ask: (probes) =>
      split(
        probes,
        (list) => session.ask(list),
        (list) => controller.ask(list),
      ),
    act: async (actions) => {
      const outcomes: Outcome[] = []
      for (const action of actions) {
        const acted = action.on === 'controller' ? await controller.act([action]) : await session.act([action])
        outcomes.push(...acted.outcomes)
        if (acted.outcomes.some((outcome) => !outcome.ok)) break
      }
      return outcomes
    },
    close: async () => {
      if (current === host) current = undefined
      await session.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
  current = host
  return host
}

type Ask = (probes: Probe[]) => Promise<Fact[]>

/** Asks each side its probes and puts the answers back in order. */
async function split(probes: Probe[], host: Ask, here: Ask): Promise<Fact[]> {
  const isHere = (p: Probe) => p.on === 'controller'
  const answers = [await host(probes.filter((p) => !isHere(p))), await here(probes.filter(isHere))] as const
  const next = [0, 0]
  return probes.map((p) => {
    const side = isHere(p) ? 1 : 0
    return answers[side][next[side]!++]!
  })
}

/** Runs a task. Throws when it fails (unless mustWork is false) or does not converge. */
export async function apply(module: AnyModule, rawArgs: Record<string, unknown>, options: Options = {}): Promise<Run> {
  const host = options.host ?? current
  if (!host) throw new Error('call localHost() first')
  const project = placeFiles(options.controllerFiles)
  try {
    return await reconcile(module, parseArgs(module, rawArgs), host, project, options)
  } finally {
    if (project) rmSync(project, { recursive: true, force: true })
  }
}

async function reconcile(
  module: AnyModule,
  args: unknown,
  host: TestHost,
  project: string | undefined,
  options: Options,
): Promise<Run> {
  const context = makeContext(options, project)
  const facts = await observe(module, args, host, context)
  const plan = module.plan(args, facts, context)
  const run: Run = { plan, changed: plan.changes.length > 0, outcomes: [], result: plan.result ?? {}, facts }
  if (plan.failed !== undefined) return fail(run, plan.failed, options)
  if (options.check) return run

  run.outcomes = await host.act(plan.changes.flatMap((change) => change.actions))
  const bad = run.outcomes.find((outcome) => !outcome.ok)
  if (bad) return fail(run, bad.error ?? `rc ${bad.rc}: ${bad.stderr}`, options)

  if (module.converges !== false) {
    const after = { ...context, before: facts, outcomes: run.outcomes }
    run.facts = await observe(module, args, host, after)
    run.verify = module.plan(args, run.facts, after)
    run.result = run.verify.result ?? run.result
    if (options.converges !== false) assertEmpty(module, run.verify)
  }
  if (module.report) {
    const report = module.report(args, run.outcomes, run.facts, { ...context, before: facts, outcomes: run.outcomes })
    run.result = report.result
    if (report.changed !== undefined) run.changed = report.changed
    if (report.failed !== undefined) return fail(run, report.failed, options)
  }
  return run
}

function fail(run: Run, message: string, options: Options): Run {
  if (options.mustWork !== false) throw new Error(`the task failed: ${message}`)
  return { ...run, failed: message }
}

function assertEmpty(module: AnyModule, plan: Plan): void {
  const left = plan.changes.map((change) => change.summary)
  if (plan.failed) left.push(`failed: ${plan.failed}`)
  assert.equal(left, [], `${module.name} did not converge: ${left.join('; ')}`)
}

/** Asks until the module names nothing new. */
export async function observe(module: AnyModule, args: unknown, host: TestHost, context: Context): Promise<KnownFacts> {
  const facts = makeFacts()
  for (let round = 0; round < 20; round++) {
    const missing = facts.missing(module.observe(args, facts, context))
    if (missing.length === 0) return facts
    const answers = await host.ask(missing)
    missing.forEach((probe, i) => facts.set(probe, answers[i]!))
  }
  throw new Error(`${module.name}: observe names new probes without end`)
}

function placeFiles(files: Record<string, string | Uint8Array> | undefined): string | undefined {
  if (!files) return undefined
  const project = realpathSync(mkdtempSync(join(tmpdir(), 'aarun-project-')))
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(project, name)), { recursive: true })
    writeFileSync(join(project, name), content)
  }
  return project
}
