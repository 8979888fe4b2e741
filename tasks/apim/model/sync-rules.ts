/** What is wrong with how gateways come to the same artifacts. */
import type { Finding } from './findings.ts'
import { textAt, type Tree, Untold, valueAt } from './read.ts'

/** What each mode needs beside its name. */
const NEEDS: Record<string, string[]> = { nfs: ['directory', 'export'], mount: ['directory', 'mount'], directory: ['directory'] }

export function syncRules(apim: Tree): Finding[] {
  const version = textAt(apim, 'version')
  const mode = textAt(apim, 'content_sync.mode')
  const is3x = version.startsWith('3.')
  const missing = (NEEDS[mode] ?? []).filter((key) => {
    const value = valueAt(apim, `content_sync.${key}`)
    return value === undefined || value === ''
  })
  return [
    ...(mode === 'none' && is3x ? finding('mode', 'is none, but API Manager 3.x keeps its APIs as files, so it must be nfs, mount, directory, rsync or (3.2 only) database') : []),
    ...(mode === 'database' && !version.startsWith('3.2.')
      ? finding('mode', `is database, a choice that only 3.2 has, and apim.version is ${version}: ${is3x ? 'take nfs, mount, directory or rsync' : 'from 4.0 on artifacts are always in the database, so it is none'}`)
      : []),
    ...missing.flatMap((key) => finding(key, `is missing: apim.content_sync.mode is ${mode}`, true)),
    ...secretOptions(apim),
  ]
}

/** /etc/fstab is everybody's to read. */
function secretOptions(apim: Tree): Finding[] {
  const options = valueAt(apim, 'content_sync.mount.opts')
  const names = options instanceof Untold ? [] : [...String(options ?? '').matchAll(/(?:^|,)(pass|password|password2|secret)=/g)].map((match) => match[1])
  if (names.length === 0) return []
  return finding('mount.opts', `must not hold a password (${names.join(', ')}=): every user can read /etc/fstab. Put it into a file on the nodes, mode 0600, and name that (cifs: credentials=FILE, ceph: secretfile=FILE)`, true)
}

const finding = (path: string, text: string, grave = false): Finding[] => [{ path: ['apim', 'content_sync', ...path.split('.')], text, ...(grave && { grave }) }]
