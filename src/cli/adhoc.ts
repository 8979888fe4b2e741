/** `aarun run PATTERN -m MODULE -a ARGS`: one task on some hosts, as the `ansible` command does. */
import process from 'node:process'
import type { Command } from 'commander'
import type { ModuleNames } from '../module/contract.ts'
import type { Play, Task } from '../playbook/index.ts'
import type { Position } from '../yaml/index.ts'
import { UsageError } from './exit.ts'
import { addRunOptions } from './options.ts'
import type { RunFlags } from './options.ts'
import type { Session } from './session.ts'

interface AdhocFlags extends RunFlags {
  moduleName: string
  args: string
}

export function addAdhoc(program: Command, done: (code: number) => void): void {
  const command = program
    .command('run')
    .alias('ad-hoc')
    .summary('run one module on some hosts')
    .argument('<pattern>', 'hosts and groups: web:!node2')
    .option('-m, --module-name <name>', 'the module', 'command')
    .option('-a, --args <arguments>', 'its arguments: free form, k=v, or YAML in { }', '')
  addRunOptions(command).action(async (pattern: string, flags: AdhocFlags) => done(await adhoc(pattern, flags)))
}

async function adhoc(pattern: string, flags: AdhocFlags): Promise<number> {
  const { openSession, runSession } = await import('./session.ts')
  const { loadAndValidate } = await import('../playbook/index.ts')
  const { InputErrors } = await import('../yaml/index.ts')
  const { createAdhocReport } = await import('../report/adhoc.ts')
  const session = await openSession(flags, process.cwd())
  checkPattern(pattern, flags, session)
  const plays = [await playOf(pattern, flags, session)]
  const { registry, inventory, extraVars } = session
  const { errors, warnings } = await loadAndValidate(plays, {
    registry,
    inventory,
    extraVars,
    tags: [],
    skipTags: [],
    ...(flags.limit === undefined ? {} : { limit: flags.limit }),
  })
  if (errors.length > 0) throw new InputErrors(errors)
  return runSession(session, { plays, playbooks: [], warnings, report: createAdhocReport })
}

/** Somebody who names hosts here wants something to happen. */
function checkPattern(pattern: string, { limit }: AdhocFlags, { inventory }: Session): void {
  if (inventory.match(pattern, { limit }).length > 0) return
  throw new UsageError(
    `no host matches \`${pattern}\`${limit === undefined ? '' : ` within the limit \`${limit}\``}`,
    `known are: ${inventory.knownNames().join(', ')}`,
  )
}

/** A play of one task, as if it had been read from a file. */
async function playOf(pattern: string, flags: AdhocFlags, { registry, vault }: Session): Promise<Play> {
  const module = registry.use(flags.moduleName)
  if (!module) {
    const meant = registry.suggest(flags.moduleName)
    throw new UsageError(
      `there is no module \`${flags.moduleName}\``,
      meant ? `did you mean \`${meant}\`?` : 'aarun doc --list names all',
    )
  }
  const position: Position = { file: '--args', line: 1, column: 1 }
  const { loadYaml } = await import('../yaml/index.ts')
  const text = flags.args.trim()
  const args =
    text.startsWith('{') && !text.startsWith('{{')
      ? loadYaml({ name: '--args', text }, { vault }).value
      : await freeForm(module, text)
  if (typeof args !== 'object' || args === null || Array.isArray(args))
    throw new UsageError('--args: expected the arguments as a mapping')
  const directory = process.cwd()
  const keywords = { when: [], tags: [], vars: {} }
  const task: Task = {
    kind: 'task',
    position,
    directory,
    keywords,
    module: module.name,
    action: flags.moduleName,
    args: args as Record<string, unknown>,
    argsPosition: position,
    notify: [],
    listen: [],
  }
  return {
    position,
    directory,
    name: flags.moduleName,
    hosts: pattern,
    keywords,
    gatherFacts: false,
    strategy: 'linear',
    vars: {},
    varsFiles: [],
    varsPrompt: [],
    sections: [{ name: 'tasks', tasks: [task] }],
    handlers: [],
    roles: [],
  }
}

async function freeForm(module: ModuleNames, text: string): Promise<unknown> {
  if (text === '') return {}
  const { parseFreeForm } = await import('../module/registry.ts')
  return parseFreeForm(module, text)
}
