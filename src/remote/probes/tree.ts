/** Tree probes: everything below a directory, never across a mount point. */
import type { Probe, TreeEntry } from '../probe.ts'
import { quote } from '../quote.ts'
import type { Reply } from '../reply.ts'
import type { Request } from '../request.ts'
import { statFormat } from '../session/library.ts'
import { hostPath, type Host } from './host.ts'
import { type Mount, mountTable, normal } from './mount.ts'
import { parseLinks, parseStat, parseSums } from './stat.ts'

export function askTrees(request: Request, probes: Probe<'tree'>[], host: Host): (reply: Reply) => TreeEntry[][] {
  const trees = probes.map((probe) => askTree(request, probe, host))
  const mounts = mountTable(request)
  return (reply) => trees.map((tree) => tree(reply, mounts(reply)))
}

function askTree(request: Request, probe: Probe<'tree'>, host: Host) {
  const root = hostPath(probe.path, host).replace(/(?<=.)\/+$/, '')
  const [stats, links, targets, sums] = [request.name('s'), request.name('l'), request.name('t'), request.name('h')]
  const limit = probe.depth === undefined ? '' : ` -maxdepth ${Math.trunc(probe.depth)}`
  request.add(
    // -H: the path itself may be a link to the directory.
    `_p=${quote(root)}; if [ -e "$_p" ] || [ -L "$_p" ]; then`,
    `_program find || echo 'find is not installed' >"$_R/${stats}e"`,
    `find -H "$_p"${limit} -xdev -exec stat --printf='${statFormat}' -- {} + >"$_R/${stats}"`,
    `find -H "$_p"${limit} -xdev -type l -print0 >"$_R/${links}"`,
    `find -H "$_p"${limit} -xdev -type l -exec readlink -z -- {} + >"$_R/${targets}"`,
  )
  if (probe.checksum) request.add(`find -H "$_p"${limit} -xdev -type f -exec sha256sum -- {} + >"$_R/${sums}"`)
  // stat shows the link, not where it leads, for the root too.
  const followed = request.name('s')
  request.add(`if [ -L "$_p" ]; then stat -L --printf='${statFormat}' -- "$_p" >"$_R/${followed}"; fi`, 'fi')

  return (reply: Reply, table: Mount[]): TreeEntry[] => {
    if (reply.text(`${stats}e`) !== '') throw new Error(`${probe.path}: find is not installed on the host: install findutils`)
    const target = parseLinks(reply.fields(links), reply.fields(targets))
    const sum = parseSums(reply.lines(sums))
    const rootFact = parseStat(reply.fields(followed)).get(root)
    const below = mountsBelow(table, root)
    const entries: TreeEntry[] = []
    for (const [path, fact] of parseStat(reply.fields(stats))) {
      // A bind mount of the same file system is no border for find.
      if (below.some((mount) => path.startsWith(`${mount}/`))) continue
      const entry: TreeEntry = { ...(path === root ? (rootFact ?? fact) : fact), path: path === root ? '' : relative(root, path) }
      if (entry.type === 'link') entry.target = target.get(path)
      if (probe.checksum && entry.type === 'file') entry.sha256 = sum.get(path)
      if (table.some((mount) => mount.path === normal(path))) entry.mountPoint = true
      entries.push(entry)
    }
    return entries.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
  }
}

const relative = (root: string, path: string) => path.slice(root === '/' ? 1 : root.length + 1)

function mountsBelow(table: Mount[], root: string): string[] {
  const start = root === '/' ? '/' : `${normal(root)}/`
  return table.map((mount) => mount.path).filter((path) => path.startsWith(start) && path !== '/')
}
