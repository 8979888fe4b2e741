/** File and tree probes on this machine, through node:fs. */
import { createHash } from 'node:crypto'
import { createReadStream, type Stats } from 'node:fs'
import { lstat, readdir, readFile, readlink, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { FileFact, Probe, TreeEntry } from './probe.ts'
import { isMountPoint, type Mount, parseMounts } from './probes/mount.ts'
import { hostPath } from './probes/host.ts'

export interface World {
  names: Names
  mounts: Mount[]
}
interface Names {
  users: Map<number, string>
  groups: Map<number, string>
}

/** What a path of this machine is. */
export async function fileFact(probe: Probe<'file'>, here: World): Promise<FileFact> {
  const path = hostPath(probe.path, { home: homedir() })
  const stats = await (probe.follow ? stat(path) : lstat(path)).catch(() => undefined)
  return stats ? await factOf(path, stats, probe, here) : { exists: false }
}

/** Everything below a directory of this machine, within its file system. */
export async function treeEntries(probe: Probe<'tree'>, here: World): Promise<TreeEntry[]> {
  const root = hostPath(probe.path, { home: homedir() }).replace(/(?<=.)\/+$/, '')
  const stats = await stat(root).catch(() => undefined)
  if (!stats) return []
  const entries: TreeEntry[] = [{ ...(await factOf(root, stats, probe, here)), path: '' }]
  await walk('', probe.depth ?? Number.POSITIVE_INFINITY)
  return entries.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))

  async function walk(folder: string, levels: number): Promise<void> {
    if (levels < 1) return
    const names = await readdir(join(root, folder)).catch(() => [])
    for (const name of names) {
      const relative = folder === '' ? name : `${folder}/${name}`
      const path = join(root, relative)
      const stats = await lstat(path).catch(() => undefined)
      if (!stats) continue
      entries.push({ ...(await factOf(path, stats, probe, here)), path: relative })
      if (stats.isDirectory() && !isMountPoint(here.mounts, path)) await walk(relative, levels - 1)
    }
  }
}

async function factOf(
  path: string,
  stats: Stats,
  ask: { checksum?: boolean; content?: boolean },
  { names, mounts }: World,
): Promise<FileFact> {
  const fact: FileFact = {
    exists: true,
    type: typeOf(stats),
    mode: stats.mode & 0o7777,
    uid: stats.uid,
    gid: stats.gid,
    size: stats.size,
    mtime: stats.mtimeMs / 1000,
    atime: stats.atimeMs / 1000,
    ctime: stats.ctimeMs / 1000,
    inode: stats.ino,
    dev: stats.dev,
    nlink: stats.nlink,
  }
  const [owner, group] = [names.users.get(stats.uid), names.groups.get(stats.gid)]
  if (owner !== undefined) fact.owner = owner
  if (group !== undefined) fact.group = group
  if (fact.type === 'link') fact.target = await readlink(path).catch(() => undefined)
  if (fact.type === 'file' && ask.content) fact.content = await readFile(path).catch(() => undefined)
  if (fact.type === 'file' && ask.checksum) fact.sha256 = await checksum(path, fact.content)
  if (isMountPoint(mounts, path)) fact.mountPoint = true
  return fact
}

async function checksum(path: string, content: Uint8Array | undefined): Promise<string | undefined> {
  const hash = createHash('sha256')
  if (content) return hash.update(content).digest('hex')
  return await pipeline(createReadStream(path), hash).then(
    () => hash.digest('hex'),
    () => undefined,
  )
}

function typeOf(stats: Stats): FileFact['type'] {
  if (stats.isFile()) return 'file'
  if (stats.isDirectory()) return 'directory'
  if (stats.isSymbolicLink()) return 'link'
  if (stats.isFIFO()) return 'fifo'
  if (stats.isSocket()) return 'socket'
  return stats.isBlockDevice() ? 'block' : 'char'
}

/** What the files of the system say at this moment; missing ones tell nothing. */
export async function world(): Promise<World> {
  const [users, groups, mounts] = await Promise.all(
    ['/etc/passwd', '/etc/group', '/proc/self/mountinfo'].map((path) => readFile(path, 'utf8').catch(() => '')),
  )
  return { names: { users: byNumber(users ?? ''), groups: byNumber(groups ?? '') }, mounts: parseMounts(mounts ?? '') }
}

function byNumber(text: string): Map<number, string> {
  const names = new Map<number, string>()
  for (const line of text.split('\n')) {
    const [name, , id] = line.split(':')
    if (name && id && !names.has(Number(id))) names.set(Number(id), name)
  }
  return names
}
