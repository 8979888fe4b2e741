/**
 * The three laws as one property:
 * 1. check tells the truth: what check planned is what apply does, it changes something exactly when it said so, and on
 *    top of its own predictions nothing more is planned;
 * 2. apply converges: the plan after applying is empty, and what `register` sees is what was predicted;
 * 3. check is harmless: the tree hashes the same before and after.
 */
import * as assert from 'uvu/assert'
import fc from 'fast-check'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { NeedsUnknown } from '../../../src/module/index.ts'
import type { Action, Plan } from '../../../src/module/index.ts'
import { apply, observe, parseArgs, predict, treeHash, type AnyModule, type Options, type TestHost } from '../harness.ts'
import { makeContext } from './context.ts'

export interface LawOptions extends Options {
  runs?: number
  /** Not checked against predictions: its effect can't be told beforehand. */
  unpredictable?: boolean
}

/**
 * `prepare` gets a case and an empty directory, makes the starting state in it and returns the arguments of the task.
 * A case whose plan fails is fine (and must then be harmless too).
 */
export async function laws<Case>(
  module: AnyModule,
  cases: fc.Arbitrary<Case>,
  prepare: (example: Case, directory: string) => Record<string, unknown>,
  options: LawOptions & { host: TestHost },
): Promise<void> {
  let count = 0
  const property = fc.asyncProperty(cases, async (example) => {
    const directory = join(options.host.directory, `law${count++}`)
    mkdirSync(directory)
    try {
      await holds(module, prepare(example, directory), directory, options)
    } finally {
      rmSync(directory, { recursive: true, force: true })
    }
  })
  await fc.assert(property, { numRuns: Number(process.env.RUNS ?? options.runs ?? 40), endOnFailure: true, includeErrorInReport: true, ...seed() })
}

/** `SEED=1234 node …` repeats a run; `RUNS=500` looks longer. */
function seed(): { seed?: number } {
  return process.env.SEED ? { seed: Number(process.env.SEED) } : {}
}

async function holds(
  module: AnyModule,
  raw: Record<string, unknown>,
  directory: string,
  options: LawOptions & { host: TestHost },
): Promise<void> {
  const before = treeHash(directory)
  const check = await apply(module, raw, { ...options, check: true, mustWork: false })
  assert.is(treeHash(directory), before, 'check mode changed something')
  if (check.failed === undefined && !options.unpredictable) await predictsItself(module, raw, options)

  const done = await apply(module, raw, { ...options, mustWork: false })
  same('apply planned something else than check', shown(done.plan), shown(check.plan))
  assert.is(done.failed, check.failed, 'check and apply do not agree on the failure')
  assert.is(
    treeHash(directory) !== before,
    done.changed,
    `planned: ${JSON.stringify(shown(done.plan).map((change) => change.summary))}`,
  )
}

/** The plan on top of the predictions of its own actions is empty. */
async function predictsItself(
  module: AnyModule,
  raw: Record<string, unknown>,
  options: LawOptions & { host: TestHost },
): Promise<void> {
  const context = makeContext({ ...options, check: true })
  const args = parseArgs(module, raw)
  const facts = await observe(module, args, options.host, context)
  const { changes } = module.plan(args, facts, context)
  try {
    const again: Plan = module.plan(args, predict(facts, changes), context)
    same(
      'planned again on top of its own predictions',
      again.changes.map((change) => change.summary),
      [],
    )
  } catch (error) {
    if (!(error instanceof NeedsUnknown)) throw error
  }
}

/** With both sides in the message, which is all that a failed property shows. */
function same(what: string, actual: unknown, expected: unknown): void {
  assert.equal(actual, expected, `${what}: ${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`)
}

/** A plan without what may differ between two moments (the names of temporary files). */
function shown(plan: Plan): { summary: string; kinds: Action['kind'][]; before?: string; after?: string }[] {
  return plan.changes.map((change) => ({
    summary: change.summary,
    kinds: change.actions.map((action) => action.kind),
    before: change.before?.text,
    after: change.after?.text,
  }))
}
