/** `aarun PLAYBOOK...`: what ansible-playbook does. */
import { dirname } from 'node:path'
import process from 'node:process'
import { Option } from 'commander'
import type { Command } from 'commander'
import { exit, UsageError } from './exit.ts'
import { addRunOptions, collect, words } from './options.ts'
import type { RunFlags } from './options.ts'
import { playbookPath } from './shipped.ts'

interface PlaybookFlags extends RunFlags {
  tags?: string[]
  skipTags?: string[]
  listTasks?: boolean
  listHosts?: boolean
  listTags?: boolean
  syntaxCheck?: boolean
  startAtTask?: string
  step?: boolean
  forceHandlers?: boolean
}

/** Gives the program its default command. */
export function addPlaybook(program: Command, done: (code: number) => void): void {
  addRunOptions(program)
    .argument('[playbooks...]', 'playbooks to run, in this order')
    .addOption(new Option('-t, --tags <tags>', 'only tasks with these tags').argParser(collect))
    .addOption(new Option('--skip-tags <tags>', 'no tasks with these tags').argParser(collect))
    .option('--list-tasks', 'list the tasks that would run')
    .option('--list-hosts', 'list the hosts that are meant')
    .option('--list-tags', 'list all tags')
    .option('--syntax-check', 'check the playbooks, and run nothing')
    .option('--start-at-task <name>', 'begin with this task')
    .option('--step', 'ask before each task')
    .option('--force-handlers', 'run handlers also on hosts where a task failed')
    .addOption(new Option('--flush-cache', 'accepted, without effect: facts are not kept between runs').hideHelp())
    .action(async (playbooks: string[], flags: PlaybookFlags) => done(await playbook(playbooks, flags)))
}

async function playbook(names: string[], flags: PlaybookFlags): Promise<number> {
  const first = names[0]
  if (first === undefined)
    throw new UsageError(
      'which playbook?',
      'aarun PLAYBOOK, for example: aarun playbooks/site.yaml; aarun --help lists everything',
    )
  if (flags.step && !process.stdin.isTTY)
    throw new UsageError('--step asks before each task, and there is no terminal to answer on')
  const { openSession, runSession } = await import('./session.ts')
  const { loadAndValidate, loadPlaybook } = await import('../playbook/index.ts')
  const { InputErrors } = await import('../yaml/index.ts')

  const paths = names.map(playbookPath)
  const session = await openSession(flags, dirname(paths[0] ?? first))
  const books = paths.map((path) => ({ path, plays: loadPlaybook(path, { ...session.load, playbookDir: dirname(path) }) }))
  const plays = books.flatMap((book) => book.plays)
  const tags = words(flags.tags)
  const skipTags = words(flags.skipTags)
  const { registry, inventory, extraVars } = session
  const selection = { tags, skipTags, ...(flags.limit === undefined ? {} : { limit: flags.limit }) }
  const { vault, rolesPath } = session.load
  const { errors, warnings } = await loadAndValidate(plays, { registry, inventory, extraVars, rolesPath, ...(vault ? { vault } : {}), ...selection })
  if (errors.length > 0) throw new InputErrors(errors)

  if (flags.listTasks || flags.listHosts || flags.listTags || flags.syntaxCheck) {
    const { listing } = await import('./list.ts')
    const show = { tasks: flags.listTasks ?? false, hosts: flags.listHosts ?? false, tags: flags.listTags ?? false }
    process.stdout.write(books.map((book) => listing(book.path, book.plays, { ...show, inventory, selection })).join(''))
    return exit.ok
  }
  return runSession(session, {
    plays,
    playbooks: paths,
    warnings,
    tags,
    skipTags,
    ...(flags.startAtTask === undefined ? {} : { startAtTask: flags.startAtTask }),
    ...(flags.step ? { step: true } : {}),
    ...(flags.forceHandlers ? { forceHandlers: true } : {}),
  })
}
