/** A tree on the host is the same as one here (or the other way round), by rsync. */
import { posix } from 'node:path'
import {
  defineModule,
  probe,
  Unknown,
  type CommandFact,
  type Context,
  type Effect,
  type Facts,
  type Plan,
  type Probe,
} from '../../src/module/index.ts'
import { synchronizeArgs, type SynchronizeArgs } from './synchronize/arguments.ts'
import { changedItems, rsyncCommand } from './synchronize/rsync-command.ts'

export default defineModule({
  name: 'synchronize',
  aliases: ['rsync'],
  collection: 'ansible.posix',
  summary: 'Copies trees with rsync, over the ssh connection of the run.',
  description: `What would be copied or deleted is found out by a dry run; nothing is listed: nothing to do.

rsync must be installed here and on the host. Paths travel inside rsync's protocol: spaces and quotes in them are safe.
\`delete\` refuses an empty source (a share that is not mounted looks like that) unless \`allow_empty\` is given, and
\`max_delete\` bounds how much may vanish.

For WSO2 API Manager 3.x: copy \`repository/deployment/server/synapse-configs\` and \`executionplans\`, and exclude what each
node renders itself: \`eventpublishers/jms*2.xml\` and \`inbound-endpoints/SecureWebSocketInboundEndpoint.xml\`.`,
  examples: `
- name: API artifacts to the second node
  ansible.posix.synchronize:
    src: /srv/artifacts/synapse-configs/
    dest: "{{ apim_home }}/repository/deployment/server/synapse-configs/"
    delete: true
    max_delete: 20
    rsync_opts:
      - "--exclude=/default/inbound-endpoints/SecureWebSocketInboundEndpoint.xml"
`,
  args: synchronizeArgs,
  returns: {
    rc: 'Return code of the last dry run.',
    msg: 'What rsync lists, as text.',
    stdout_lines: 'The same, as a list.',
  },
  observe: (args, _known, context) => [
    dryRun(args, context),
    parentProbe(args, context),
    ...(args.delete && !args.allow_empty ? [sourceProbe(args, context)] : []),
  ],
  plan: (args, facts, context) => planSynchronize(args, facts, context),
})

function dryRun(args: SynchronizeArgs, context: Context): Probe<'command'> {
  const { argv, on, sourcePath, destPath } = rsyncCommand(args, context, true)
  return probe.command({
    argv,
    timeout: 3600,
    reads: [trim(sourcePath), trim(destPath)],
    env: { LC_ALL: 'C' },
    ...(on && { on }),
  })
}

/** Is anything in the source? */
function sourceProbe(args: SynchronizeArgs, context: Context): Probe<'command'> {
  const { sourceOn, sourcePath } = rsyncCommand(args, context, true)
  return probe.command({ argv: ['ls', '-A', '--', sourcePath], reads: [trim(sourcePath)], ...(sourceOn && { on: sourceOn }) })
}

/** rsync makes the last directory of dest, not those above it; a dry run does not tell. */
function parentProbe(args: SynchronizeArgs, context: Context): Probe<'file'> {
  const onController = context.remoteShell && args.mode === 'pull'
  return probe.file({ path: posix.dirname(trim(args.dest)), follow: true, ...(onController && { on: 'controller' }) })
}

const trim = (path: string) => path.replace(/(?<=.)\/+$/, '')

function planSynchronize(args: SynchronizeArgs, facts: Facts, context: Context): Plan {
  const command = rsyncCommand(args, context, false)
  const ended = context.outcomes?.find((outcome) => outcome.rc !== undefined && outcome.rc !== 0)
  // 24: files vanished while they were copied; the dry run that follows tells whether something is left to do.
  if (ended && ended.rc !== 24)
    return {
      changes: [],
      failed: rsyncError(args, context, { found: ended.found ?? true, rc: ended.rc!, stdout: '', stderr: ended.stderr ?? '' }),
    }
  const parent = facts.get(parentProbe(args, context))
  if (!(parent instanceof Unknown) && !parent.exists) {
    return {
      changes: [],
      failed: `the directory ${posix.dirname(trim(args.dest))} above ${args.dest} does not exist: make it with file first`,
    }
  }
  const fact = facts.get(dryRun(args, context))
  if (fact instanceof Unknown) return { changes: [change(args, command, [])], result: { msg: fact.reason } }
  const failed = rsyncError(args, context, fact) ?? emptySource(args, facts, context)
  if (failed) return { changes: [], failed, result: { rc: fact.rc } }
  const items = changedItems(fact.stdout)
  const result = { rc: fact.rc, msg: items.join('\n'), stdout_lines: items }
  const deleted = items.filter((item) => item.startsWith('*deleting')).length
  if (args.max_delete !== undefined && deleted > args.max_delete) {
    return {
      changes: [],
      result,
      failed: 
        `${deleted} things would be deleted in ${args.dest}, max_delete allows ${args.max_delete}: ` +
        `is ${args.src} complete? If so raise max_delete`,
    }
  }
  return { changes: items.length > 0 ? [change(args, command, items)] : [], result }
}

function change(args: SynchronizeArgs, command: ReturnType<typeof rsyncCommand>, items: string[]) {
  const count = items.length === 0 ? '' : ` (${items.length} ${items.length === 1 ? 'change' : 'changes'})`
  return {
    summary: `copy ${args.src} to ${args.dest}${count}`,
    after: { label: args.dest, text: items.map((item) => `${item}\n`).join('') },
    actions: [
      {
        kind: 'run' as const,
        argv: command.argv,
        env: { LC_ALL: 'C' },
        success: 'any' as const,
        makes: effects(command, items),
        complete: true,
        ...(command.on && { on: command.on }),
      },
    ],
  }
}

/** Everything below the destination, since names are listed relative to a root that depends on slashes. */
function effects(command: ReturnType<typeof rsyncCommand>, items: string[]): Effect[] {
  const root = trim(command.destPath)
  const names = items.map((item) =>
    item
      .slice(item.indexOf(' '))
      .trim()
      .replace(/ (->|=>) .*$/, '')
      .replace(/\/$/, ''),
  )
  const below = names
    .filter((name) => name !== '' && name !== '.')
    .map((name): Effect => ({ kind: 'file', path: `${root}/${name}`, fact: 'unknown' }))
  return [
    { kind: 'touched', resource: root, reason: `${root} will be synchronized` },
    { kind: 'file', path: root, fact: 'unknown' },
    ...below,
  ]
}

function emptySource(args: SynchronizeArgs, facts: Facts, context: Context): string | undefined {
  if (!args.delete || args.allow_empty) return undefined
  const fact = facts.get(sourceProbe(args, context))
  if (fact instanceof Unknown || fact.rc !== 0 || fact.stdout.trim() !== '') return undefined
  return (
    `${args.src} is empty: with delete everything in ${args.dest} would vanish. ` +
    'Is it mounted and complete? If it is meant, set allow_empty: true'
  )
}

function rsyncError(args: SynchronizeArgs, context: Context, fact: CommandFact): string | undefined {
  const here = context.remoteShell ? 'on the machine that runs aarun' : `on ${context.host.name}`
  if (!fact.found) return `rsync was not found ${here}: install the package rsync`
  if (fact.rc === 0) return undefined
  const text = fact.stderr
  if (/rsync: (command )?not found|rsync: No such file or directory/.test(text) || (fact.rc === 127 && context.remoteShell)) {
    return `rsync was not found on ${context.host.name}: install the package rsync there`
  }
  const missing =
    /change_dir "(.*?)".* failed: No such file or directory|link_stat "(.*?)" failed: No such file or directory/.exec(text)
  if (missing) return `there is no ${missing[1] ?? missing[2]} to copy from (src: ${args.src})`
  const line = text.split('\n').find((one) => one.startsWith('rsync')) ?? text.trim().split('\n')[0] ?? ''
  return `rsync failed (return code ${fact.rc}): ${line}`
}
