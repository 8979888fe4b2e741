/** File probes: one stat, one readlink and one sha256sum for all of them. */
import type { FileFact, Probe } from '../probe.ts'
import { chunks, quote, sh } from '../quote.ts'
import type { Reply } from '../reply.ts'
import type { Request } from '../request.ts'
import { statFormat } from '../session/library.ts'
import { hostPath, type Host } from './host.ts'
import { isMountPoint, mountTable } from './mount.ts'
import { parseLinks, parseStat, parseSums } from './stat.ts'

export function askFiles(request: Request, probes: Probe<'file'>[], host: Host): (reply: Reply) => FileFact[] {
  const kept = ask(request, probes.filter((probe) => !probe.follow), '', host)
  const followed = ask(request, probes.filter((probe) => probe.follow), '1', host)
  const mounts = mountTable(request)
  return (reply) => {
    const facts = new Map([...kept(reply), ...followed(reply)])
    const table = mounts(reply)
    return probes.map((probe) => {
      const fact = facts.get(probe) ?? { exists: false }
      if (fact.exists && isMountPoint(table, hostPath(probe.path, host))) fact.mountPoint = true
      return fact
    })
  }
}

function ask(request: Request, probes: Probe<'file'>[], follow: string, host: Host) {
  if (probes.length === 0) return () => new Map<Probe<'file'>, FileFact>()
  const path = (probe: Probe<'file'>) => hostPath(probe.path, host)
  const names = { stat: request.name('s'), links: request.name('l'), sums: request.name('h') }
  for (const part of chunks(unique(probes.map(path)))) {
    request.add(`set -- ${part.map(quote).join(' ')}`)
    request.add(`stat ${follow ? '-L ' : ''}--printf='${statFormat}' -- "$@" >>"$_R/${names.stat}"`)
    if (!follow) request.add(`_links ${names.links} "$@"`)
  }
  for (const part of chunks(unique(probes.filter((probe) => probe.checksum).map(path)))) {
    request.add(`_sums ${names.sums} ${quote(follow)} ${part.map(quote).join(' ')}`)
  }
  const contents = new Map(
    probes.filter((probe) => probe.content).map((probe) => {
      const name = request.name('c')
      request.add(sh`_content ${name} ${path(probe)} ${follow}`)
      return [probe, name]
    }),
  )
  return (reply: Reply) => {
    const facts = parseStat(reply.fields(names.stat))
    const links = parseLinks(reply.fields(names.links), reply.fields(`${names.links}t`))
    const sums = parseSums(reply.lines(names.sums))
    return new Map(
      probes.flatMap((probe): [Probe<'file'>, FileFact][] => {
        const found = facts.get(path(probe))
        if (!found) return []
        const fact: FileFact = { ...found }
        if (fact.type === 'link') fact.target = links.get(path(probe))
        if (probe.checksum && fact.type === 'file') fact.sha256 = sums.get(path(probe))
        if (probe.content && fact.type === 'file') fact.content = reply.bytes(contents.get(probe) as string)
        return [[probe, fact]]
      }),
    )
  }
}

export function unique(values: string[]): string[] {
  return [...new Set(values)]
}
