/** What command, shell and script share: `creates`/`removes`, `chdir`, the probes and the shape of the plan. */
import { arg, type Effect, type Facts, type Outcome, type Plan, type Probe, type RunAction } from '../../src/module/index.ts'
import { expandProbes, expandWord } from './expand-word.ts'
import { existing, existsProbe, isGlob } from './path-glob.ts'
import { type CommandReport, commandReport } from './program-result.ts'

/** Arguments that decide where a command runs and whether it has to. */
export const runArguments = {
  chdir: arg.path.optional().describe('Directory to change to before it runs.'),
  creates: arg.path
    .optional()
    .describe('A path (or pattern) that the command makes: when it is there already, the command does not run.'),
  removes: arg.path
    .optional()
    .describe('A path (or pattern) that the command removes: when it is not there, the command does not run.'),
}

export interface Guards {
  chdir?: string
  creates?: string
  removes?: string
}

/** Probes for the guards: first what `$HOME` and `~` in them stand for, then whether the paths exist. */
export function guardProbes(args: Guards, known: Facts): Probe[] {
  const expand = expandProbes(guardWords(args))
  if (!expand.every((one) => known.has(one))) return expand
  const paths = resolveGuards(args, known)
  return [...expand, ...[paths.creates, paths.removes].filter((path) => path !== undefined).map(existsProbe)]
}

/** The guards with names expanded and relative paths taken from `chdir`. */
export function resolveGuards(args: Guards, facts: Facts): Guards {
  const chdir = args.chdir === undefined ? undefined : expandWord(args.chdir, facts)
  const resolve = (path: string | undefined) => {
    if (path === undefined) return undefined
    const expanded = expandWord(path, facts)
    return chdir === undefined || expanded.startsWith('/') ? expanded : `${chdir.replace(/\/+$/, '')}/${expanded}`
  }
  return { chdir, creates: resolve(args.creates), removes: resolve(args.removes) }
}

/** A plan with the one run, or the reason why it need not run. `cmd` is what the result shows. */
export function runPlan(cmd: string | string[], guards: Guards, facts: Facts, summary: string, action: RunAction): Plan {
  const reason = notNeeded(guards, facts)
  if (reason !== undefined) return { changes: [], result: notRun(cmd, reason) }
  const makes: Effect[] = []
  if (guards.creates !== undefined && !isGlob(guards.creates)) {
    makes.push({ kind: 'file', path: guards.creates, fact: { exists: true } })
  }
  if (guards.removes !== undefined && !isGlob(guards.removes)) {
    makes.push({ kind: 'file', path: guards.removes, fact: { exists: false } })
  }
  return { changes: [{ summary, actions: [{ ...action, cwd: guards.chdir, success: 'any', makes }] }], result: { cmd } }
}

/** What `register` sees: of the run, or of why there was none. */
export function runReport(
  cmd: string | string[],
  guards: Guards,
  facts: Facts,
  outcome: Outcome | undefined,
  stripEnds = true,
): CommandReport {
  if (outcome) return commandReport(cmd, outcome, stripEnds)
  return { result: notRun(cmd, notNeeded(guards, facts) ?? 'nothing was to be done'), changed: false }
}

function notRun(cmd: string | string[], reason: string): Record<string, unknown> {
  const stdout = `skipped, since ${reason}`
  return { cmd, rc: 0, stdout, stdout_lines: [stdout], stderr: '', stderr_lines: [], msg: `Did not run command since ${reason}` }
}

/** The first line of a command, cut to a readable length. */
export function summarize(verb: string, text: string): string {
  const first = text.trim().split('\n')[0] ?? ''
  const more = text.trim().includes('\n') || first.length > 90
  return `${verb} ${first.slice(0, 90)}${more ? ' …' : ''}`
}

function guardWords(args: Guards): string[] {
  return [args.chdir, args.creates, args.removes].filter((word) => word !== undefined)
}

function notNeeded(guards: Guards, facts: Facts): string | undefined {
  if (guards.creates !== undefined) {
    const found = existing(guards.creates, facts)
    if (typeof found === 'string') return `${guards.creates} exists`
  }
  if (guards.removes !== undefined) {
    const found = existing(guards.removes, facts)
    if (found === undefined) return `${guards.removes} does not exist`
  }
  return undefined
}
