/** `deb`: a package file on the host. */
import { type Change, type Facts, type Probe, probe } from '../../../src/module/index.ts'
import type { AptRequest } from './plan.ts'
import { aptRun, aptWords, DPKG_STATUS } from './apt-get.ts'
import { known } from '../../lib/known.ts'
import { packageDiff, packageEffects } from '../specification.ts'

const infoProbe = (path: string) =>
  probe.command({ argv: ['dpkg-deb', '-W', '--showformat=${Package}\t${Version}', '--', path], reads: [path] })

/** apt-get takes a file only by a path with a slash in front. */
const forApt = (path: string) => (path.startsWith('/') ? path : `./${path}`)

export function debProbes(paths: string[], facts: Facts): Probe[] {
  return paths.flatMap((path) => {
    const info = infoProbe(path)
    if (!facts.has(info)) return [info]
    const name = nameOf(path, facts)
    return name ? [info, probe.package({ name: name.name, manager: 'apt' })] : [info]
  })
}

/** The change for each file whose package is not installed in that version; a text says why it can't be. */
export function debChanges(paths: string[], request: AptRequest, facts: Facts): Change[] | string {
  const changes: Change[] = []
  for (const path of paths) {
    const info = known(facts.get(infoProbe(path)))
    if (info && info.rc !== 0) return `${path} is no package file on the host: ${info.stderr.trim().split('\n')[0] ?? ''}`
    const name = nameOf(path, facts)
    const installed = name ? known(facts.get(probe.package({ name: name.name, manager: 'apt' })))?.installed : undefined
    if (request.state === 'absent' ? installed === undefined : name && installed === name.version) continue
    const target = request.state === 'absent' && name ? name.name : forApt(path)
    const words = aptWords([request.state === 'absent' ? 'remove' : 'install'], [target], request)
    const transaction =
      request.state === 'absent'
        ? { install: [], remove: name ? [{ name: name.name, old: installed }] : [] }
        : { install: name ? [{ ...name, old: installed }] : [], remove: [] }
    changes.push({
      summary: `${request.state === 'absent' ? 'remove the package of' : 'install'} ${path}`,
      ...packageDiff(transaction),
      actions: [aptRun(words, request.lock_timeout, packageEffects('apt', transaction, DPKG_STATUS))],
    })
  }
  return changes
}

function nameOf(path: string, facts: Facts): { name: string; version: string } | undefined {
  const info = known(facts.get(infoProbe(path)))
  const [name, version] = (info?.rc === 0 ? info.stdout : '').split('\t')
  return name && version ? { name, version } : undefined
}
