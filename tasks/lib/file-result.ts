/** What `register` sees of a file, with Ansible's names. */
import type { Context, FileFact } from '../../src/module/index.ts'
import { hashOf } from './content.ts'
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

/** SHA-1 and MD5 of what was copied. */
export function contentSums(content: Uint8Array): Record<string, string> {
  return { checksum: hashOf(content, 'sha1'), md5sum: hashOf(content, 'md5') }
}

/** Documentation of what the functions above give. */
export const attributeReturns = { mode: "Permission bits, '0644'.", owner: 'Owner.', group: 'Group.' }
export const backupReturns = { backup_file: 'Where the previous file was kept.' }
export const sumReturns = { checksum: 'SHA-1 of the file.', md5sum: 'MD5 of the file.', sha256: 'SHA-256 of the file.' }
