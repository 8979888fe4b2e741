/** Plans a task on made-up answers: no host is asked. */
import type { Context, Fact, Plan, Probe } from '../../../src/module/index.ts'
import { makeContext } from './context.ts'
import { makeFacts } from './facts.ts'
import { parseArgs, type AnyModule } from '../harness.ts'

export function planWith(
  module: AnyModule,
  raw: Record<string, unknown>,
  answer: (probe: Probe) => Fact,
  context: Partial<Context> = {},
): Plan {
  const args = parseArgs(module, raw)
  const full = makeContext({ context })
  const facts = makeFacts()
  for (let round = 0; round < 10; round++) {
    const missing = facts.missing(module.observe(args, facts, full))
    if (missing.length === 0) return module.plan(args, facts, full)
    for (const probe of missing) facts.set(probe, answer(probe))
  }
  throw new Error(`${module.name} asks without end`)
}

/** The argument lists of all runs in a plan. */
export function runs(plan: Plan): string[] {
  return plan.changes
    .flatMap((change) => change.actions)
    .map((action) => (action.kind === 'run' ? (action.argv ?? ['script', ...(action.args ?? [])]).join(' ') : action.kind))
}
