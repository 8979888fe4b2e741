/** The command line of rsync for a synchronize task. */
import type { Context } from '../../../src/module/index.ts'
import type { SynchronizeArgs } from './arguments.ts'

export interface Command {
  argv: string[]
  /** Where rsync runs. */
  on?: 'controller'
  /** As rsync gets them. */
  src: string
  dest: string
  /** Where the source is, for the guard against an empty one. */
  sourceOn?: 'controller'
  sourcePath: string
  /** Path of the destination itself. */
  destPath: string
}

/** What rsync is told to print of each thing it changes: '%i %n%L' behind a mark, so that other output is told apart. */
export const MARK = '<<CHANGED>>'

export function rsyncCommand(args: SynchronizeArgs, context: Context, dryRun: boolean): Command {
  const shell = remoteShell(args, context)
  const local = args.mode === 'push' ? sourceOnController(args, context) : args.dest
  const remote = args.mode === 'push' ? args.dest : args.src
  const there = shell ? `${shell.target}:${remote}` : remote
  const [src, dest] = args.mode === 'push' ? [local, there] : [there, local]
  const sourcePath = args.mode === 'push' ? local : remote
  return {
    argv: [
      args.rsync ?? 'rsync',
      ...options(args, dryRun),
      ...(shell ? ['-e', shell.argv.map(rsyncWord).join(' ')] : []),
      '--',
      plain(src, shell !== undefined),
      plain(dest, shell !== undefined),
    ],
    ...(shell && { on: 'controller' }),
    src,
    dest,
    ...(shell && args.mode === 'push' && { sourceOn: 'controller' }),
    sourcePath,
    destPath: args.dest,
  }
}

/** rsync takes 'a:b' for host a: a local path with a colon needs a slash before it. */
function plain(path: string, remote: boolean): string {
  return !remote && path.includes(':') && !path.startsWith('/') ? `./${path}` : path
}

/** A relative source is looked up in the project, as other modules do it; its last slash means "what is in it". */
function sourceOnController(args: SynchronizeArgs, context: Context): string {
  if (args.src.startsWith('/') || !context.remoteShell) return args.src
  const slash = args.src.endsWith('/') ? '/' : ''
  return context.find('files', args.src.replace(/\/+$/, '')) + slash
}

function remoteShell(args: SynchronizeArgs, context: Context): { argv: string[]; target: string } | undefined {
  if (!context.remoteShell) return undefined
  const { argv, target } = context.remoteShell
  const extra = [
    ...(args.private_key ? ['-i', args.private_key] : []),
    ...(args.dest_port === undefined ? [] : ['-p', String(args.dest_port)]),
  ]
  return { argv: [...argv, ...extra], target: args.set_remote_user ? target : target.replace(/^[^@]*@/, '') }
}

/**
 * A word of the remote shell, as rsync's own splitting of -e reads it (no shell is involved): spaces separate, quotes
 * group, a doubled quote inside quotes stands for itself.
 */
function rsyncWord(word: string): string {
  return /^[\w@%+=:,./~-]+$/.test(word) ? word : `'${word.replaceAll("'", "''")}'`
}

function options(args: SynchronizeArgs, dryRun: boolean): string[] {
  const flag = (value: boolean | undefined, on: string, off?: string) =>
    value === true ? [on] : value === false && off && args.archive ? [off] : []
  return [
    ...(dryRun ? ['--dry-run'] : []),
    // Arguments travel inside rsync's protocol, so that no remote shell reads the paths.
    '--protect-args',
    ...flag(args.delay_updates, '--delay-updates'),
    ...flag(args.compress, '--compress'),
    ...flag(args.archive, '--archive'),
    ...flag(args.recursive, '--recursive', '--no-recursive'),
    ...flag(args.links, '--links', '--no-links'),
    ...flag(args.copy_links, '--copy-links'),
    ...flag(args.perms, '--perms', '--no-perms'),
    ...flag(args.times, '--times', '--no-times'),
    ...flag(args.owner, '--owner', '--no-owner'),
    ...flag(args.group, '--group', '--no-group'),
    ...flag(args.dirs, '--dirs'),
    ...flag(args.checksum, '--checksum'),
    ...flag(args.existing_only, '--existing'),
    ...flag(args.partial, '--partial'),
    ...flag(args.delete, '--delete-after'),
    ...(args.max_delete === undefined || dryRun ? [] : [`--max-delete=${args.max_delete}`]),
    ...(args.rsync_timeout > 0 ? [`--timeout=${args.rsync_timeout}`] : []),
    ...(args.rsync_path ? [`--rsync-path=${args.rsync_path}`] : []),
    ...args.link_dest.map((path) => `--link-dest=${path}`),
    ...args.rsync_opts,
    `--out-format=${MARK}%i %n%L`,
  ]
}

/** Things that rsync would change, as it lists them: '>f+++++++++ a/b', '*deleting c'. */
export function changedItems(stdout: string): string[] {
  return stdout
    .split('\n')
    .filter((line) => line.startsWith(MARK))
    .map((line) => line.slice(MARK.length))
}
