/** What the release in hand makes of a deployment.toml that is about to be written: by the rules below its home. */
import type { Context, Facts, Plan } from '../../../src/module/index.ts'
import { effect, MapperError, type Pack } from '../../../src/product/index.ts'
import { answer } from '../../lib/known.ts'
import { packIn, packProbe, sayFindings } from '../pack.ts'
import type { IsSecret } from './mask.ts'
import type { Table } from './values.ts'

export interface Writing {
  path: string
  home: string
  before: string
  after: string
  /** What of it this task writes. */
  values: Table
  isSecret: IsSecret
}

/** The plan, or why nothing may be written; with `--diff` also what the product will make of it. */
export function byRelease(plan: Plan, writing: Writing, facts: Facts, context: Context): Plan {
  const fact = answer(facts, packProbe(writing.home))
  // An earlier planned task changes the rules, in a way that can't be told.
  if (!fact) return plan
  const pack = packIn(writing.home, fact)
  // Not an error: the file can be written before the rest of a home is there, and a server without rules says so itself.
  if (!pack) return { ...plan, warnings: [...(plan.warnings ?? []), `${writing.home} has no repository/resources/conf with the rules of its release: the keys of ${writing.path} are not checked`] }
  const failed = wrong(pack, writing)
  if (failed !== undefined) return { changes: [], failed }
  return context.diff ? withEffects(plan, pack, writing) : plan
}

function wrong(pack: Pack, { path, before, after, values }: Writing): string | undefined {
  const findings = pack.unread(values, after)
  if (findings.length > 0) return `nothing was written to ${path}: ${sayFindings(findings)}`
  const refused = pack.refused(after)
  return refused && !pack.refused(before) ? `nothing was written to ${path}: ${pack.release} would not start with it: ${refused.message}` : undefined
}

function withEffects(plan: Plan, pack: Pack, { before, after, isSecret }: Writing): Plan {
  const [first, ...rest] = plan.changes
  if (!first) return plan
  try {
    return { ...plan, changes: [{ ...first, effects: effect(before, after, pack, isSecret).map(({ diff }) => diff) }, ...rest] }
  } catch (error) {
    if (!(error instanceof MapperError)) throw error
    return { ...plan, warnings: [...(plan.warnings ?? []), `what the product makes of it can't be shown yet: ${error.message}`] }
  }
}
