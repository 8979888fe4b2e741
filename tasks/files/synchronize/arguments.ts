/** Arguments of `synchronize`, with the names of ansible.posix. */
import { arg, z } from '../../../src/module/index.ts'

const whenArchive = (what: string) => arg.boolean.optional().describe(`${what} Default: as archive.`)

export const synchronizeArgs = z
  .strictObject({
    src: arg.path.describe(
      'What to copy; with a slash at its end: what is in it. With `mode: push` a path on the machine that runs aarun.',
    ),
    dest: arg.path.describe('Where to. With `mode: push` a path on the host.'),
    mode: z.enum(['push', 'pull']).default('push').describe('`push`: to the host; `pull`: from the host.'),
    archive: arg.boolean.default(true).describe('Recurse and keep links, permissions, times, owner, group and devices.'),
    delete: arg.boolean.default(false).describe('Delete in dest what src does not have, after the transfer.'),
    max_delete: arg.integer
      .optional()
      .describe('Fail, before anything is changed, when more than this many things would be deleted.'),
    allow_empty: arg.boolean.default(false).describe('Go on with `delete` when src is empty; that empties dest.'),
    checksum: arg.boolean.default(false).describe('Compare content by checksum instead of size and time.'),
    recursive: whenArchive('Recurse into directories.'),
    links: whenArchive('Copy symbolic links as links.'),
    copy_links: arg.boolean.default(false).describe('Copy what links lead to instead.'),
    perms: whenArchive('Keep permissions.'),
    times: whenArchive('Keep modification times.'),
    owner: whenArchive('Keep the owner (needs root).'),
    group: whenArchive('Keep the group.'),
    dirs: arg.boolean.default(false).describe('Copy directories without recursing.'),
    existing_only: arg.boolean.default(false).describe('Only update what is there already.'),
    partial: arg.boolean.default(false).describe('Keep files that were transferred in part.'),
    compress: arg.boolean.default(true).describe('Compress during the transfer.'),
    delay_updates: arg.boolean.default(true).describe('Put all updated files in place at the end.'),
    link_dest: arg.listOf.default([]).describe('Hard-link to files of this directory where they are the same.'),
    rsync_opts: arg.listOf
      .default([])
      .describe("More options of rsync, each an item: `['--exclude=/eventpublishers/jms*2.xml']`."),
    rsync_path: arg.text.optional().describe('Program to run as rsync on the host, for example `sudo rsync`.'),
    rsync: arg.path.optional().describe('Program rsync on the machine that runs aarun.'),
    rsync_timeout: arg.integer.default(0).describe('Give up when nothing moves for this many seconds; 0: never.'),
    private_key: arg.path.optional().describe('Key for ssh, beside those that the inventory names.'),
    dest_port: arg.integer.optional().describe('Port of ssh. Default: that of the inventory.'),
    set_remote_user: arg.boolean.default(true).describe('Put the user of the inventory before the host.'),
    use_ssh_args: arg.boolean
      .default(true)
      .describe("Accepted for compatibility: the run's own ssh configuration is always used."),
    verify_host: arg.boolean.default(true).describe('Accepted for compatibility: host keys are checked as the inventory says.'),
  })
  .superRefine((args, context) => {
    const issue = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message })
    const recursive = args.recursive ?? args.archive
    if (args.delete && !recursive && !args.dirs)
      issue('delete', 'delete needs recursive (or archive): rsync deletes only inside directories that it walks')
    if (args.max_delete !== undefined && args.max_delete < 0) issue('max_delete', 'expected 0 or more')
    for (const option of args.rsync_opts) {
      if (!option.startsWith('-'))
        issue('rsync_opts', `${option} is no option: write each option with its value as one item, such as '--exclude=*.tmp'`)
      if (/^--(out-format|dry-run|rsh|daemon|log-format)\b|^-[a-zA-Z]*[ne]/.test(option))
        issue('rsync_opts', `${option} would change how this module sees or reaches things: leave it out`)
    }
  })

export type SynchronizeArgs = typeof synchronizeArgs extends z.ZodType<infer Output> ? Output : never
