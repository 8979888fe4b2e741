/** `~` and `~name` at the beginning of a path on the host, as Ansible expands them. */
import { defineModule, probe } from '../../src/module/index.ts'
import type { Facts, Probe, TaskModule, z } from '../../src/module/index.ts'
import { answer } from './known.ts'

const MY_HOME = probe.command({ argv: ['printenv', 'HOME'] })

type Name<Schema extends z.ZodType> = keyof z.output<Schema> & string

/** A module some of whose arguments are paths (or lists of paths) on the host: `~` is expanded before it sees them. */
export function withHome<Schema extends z.ZodType>(
  names: Name<Schema>[] | ((args: z.output<Schema>) => Name<Schema>[]),
  module: TaskModule<Schema>,
): TaskModule<Schema> {
  const namesOf = (args: z.output<Schema>) => (typeof names === 'function' ? names(args) : names)
  const expand = (args: z.output<Schema>, facts: Facts): z.output<Schema> => {
    const copy = { ...(args as Record<string, unknown>) }
    for (const name of namesOf(args)) {
      const value = copy[name]
      if (typeof value === 'string') copy[name] = expandHome(value, facts)
      else if (Array.isArray(value)) copy[name] = value.map((path) => (typeof path === 'string' ? expandHome(path, facts) : path))
    }
    return copy as z.output<Schema>
  }
  const probesOf = (args: z.output<Schema>): Probe[] =>
    namesOf(args)
      .flatMap((name) => (args as Record<string, unknown>)[name])
      .map((path) => (typeof path === 'string' ? homeProbe(path) : undefined))
      .filter((home) => home !== undefined)

  return defineModule<Schema>({
    ...module,
    observe(args, known, context) {
      const homes = probesOf(args)
      if (homes.length === 0) return module.observe(args, known, context)
      return homes.every((home) => answer(known, home))
        ? [...homes, ...module.observe(expand(args, known), known, context)]
        : homes
    },
    plan: (args, facts, context) =>
      probesOf(args).length === 0 ? module.plan(args, facts, context) : module.plan(expand(args, facts), facts, context),
    ...(module.report && {
      report: (args, outcomes, facts, context) => module.report!(expand(args, facts), outcomes, facts, context),
    }),
  })
}

function homeProbe(path: string): Probe | undefined {
  const [, user] = /^~([^/]*)/.exec(path) ?? []
  if (user === undefined) return undefined
  return user === '' ? MY_HOME : probe.user({ name: user })
}

/** A path whose home is not known stays as it is. */
function expandHome(path: string, facts: Facts): string {
  const asked = homeProbe(path)
  if (!asked) return path
  const home =
    asked.kind === 'command' ? facts.need(asked).stdout.trim() : asked.kind === 'user' ? facts.need(asked).home : undefined
  return home ? path.replace(/^~[^/]*/, () => home) : path
}
