/** What `register` sees of a file, with Ansible's names. */
import type { Context, FileFact } from '../../src/module/index.ts'
import { showMode } from './mode.ts'

/** uid, gid, owner, group, mode '0644', size and state. */
export function fileResult(fact: FileFact): Record<string, unknown> {
  if (!fact.exists) return { state: 'absent' }
  return {
    uid: fact.uid,
    gid: fact.gid,
    owner: fact.owner,
    group: fact.group,
    mode: fact.mode === undefined ? undefined : showMode(fact.mode),
    size: fact.size,
    state: fact.type,
  }
}

/** Where the backup of this task was kept, when one was made. */
export function backupResult(context: Context): Record<string, unknown> {
  const backup = context.outcomes?.find((outcome) => outcome.backup !== undefined)?.backup
  return backup === undefined ? {} : { backup_file: backup }
}
