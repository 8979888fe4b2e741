/** Package probes: one question to the package manager for all names. */
import type { PackageFact, Probe } from '../probe.ts'
import { quote } from '../quote.ts'
import type { Reply } from '../reply.ts'
import type { Request } from '../request.ts'

const dpkg = "dpkg-query -W -f='${db:Status-Status}\\t${Package}\\t${binary:Package}\\t${Version}\\t${Provides}\\n'"
const rpm = "rpm -q --qf '%{NAME}\\t%{NAME}.%{ARCH}\\t%|EPOCH?{%{EPOCH}:}:{}|%{VERSION}-%{RELEASE}\\n'"

export function askPackages(request: Request, probes: Probe<'package'>[]): (reply: Reply) => PackageFact[] {
  const section = request.name('s')
  const words = probes.map((probe) => quote(probe.name)).join(' ')
  const provided = probes.map((probe) => `-e ${quote(probe.name)}`).join(' ')
  request.add(
    '_m=; if _program apt-get || _program dpkg-query; then _m=apt',
    'elif _program apk; then _m=apk; elif _program pacman; then _m=pacman; elif _program rpm; then _m=yum',
    'if _program dnf || _program dnf5; then _m=dnf; elif _program zypper; then _m=zypper; fi; fi',
    `echo "$_m" >"$_R/${section}"`,
    'case $_m in',
    // A name that no package has may be provided by another one.
    `apt) ${dpkg} -- ${words} >"$_R/${section}i" || ${dpkg} | grep -F ${provided} >>"$_R/${section}i";;`,
    `dnf|yum|zypper) ${rpm} -- ${words} >"$_R/${section}i" || ${rpm} --whatprovides -- ${words} >"$_R/${section}p";;`,
    `apk) apk info -e -v -- ${words} >"$_R/${section}i";;`,
    `pacman) pacman -Q -- ${words} >"$_R/${section}i";;`,
    'esac',
  )
  return (reply) => {
    const manager = reply.text(section).trim()
    if (manager === '') return probes.map(() => ({}))
    const versions = parse[manager === 'apt' || manager === 'apk' || manager === 'pacman' ? manager : 'rpm'](
      reply.lines(`${section}i`),
    )
    return probes.map((probe) => {
      const installed = versions.get(probe.name)
      return installed === undefined ? { manager } : { manager, installed }
    })
  }
}

type Versions = Map<string, string>

const parse: Record<'apt' | 'rpm' | 'apk' | 'pacman', (lines: string[]) => Versions> = {
  apt(lines) {
    const versions: Versions = new Map()
    const installed = lines.map((line) => line.split('\t')).filter((fields) => fields[0] === 'installed')
    for (const [, , , version, provides] of installed) {
      for (const name of (provides ?? '').split(',')) {
        const virtual = name.trim().split(' ')[0]
        if (virtual) versions.set(virtual, version as string)
      }
    }
    // What has the name itself comes before what provides it.
    for (const [, name, full, version] of installed) {
      versions.set(name as string, version as string)
      versions.set(full as string, version as string)
    }
    return versions
  },
  rpm(lines) {
    return new Map(
      lines
        .map((line) => line.split('\t'))
        .filter((fields) => fields.length === 3)
        .flatMap(
          ([name, full, version]) =>
            [
              [name, version],
              [full, version],
            ] as [string, string][],
        ),
    )
  },
  apk(lines) {
    return new Map(
      lines.flatMap((line): [string, string][] => {
        const match = /^(.+)-(\d[^-]*-r\d+)$/.exec(line)
        return match ? [[match[1] as string, match[2] as string]] : []
      }),
    )
  },
  pacman(lines) {
    return new Map(lines.map((line) => line.split(' ') as [string, string]))
  },
}
