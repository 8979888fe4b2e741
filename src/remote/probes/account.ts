/** User and group probes: one pass of getent for all names. */
import type { GroupFact, Probe, UserFact } from '../probe.ts'
import { quote } from '../quote.ts'
import type { Reply } from '../reply.ts'
import type { Request } from '../request.ts'

export function askUsers(request: Request, probes: Probe<'user'>[]): (reply: Reply) => UserFact[] {
  const names = probes.map((probe) => quote(probe.name)).join(' ')
  const [passwd, shadow] = [request.name('s'), request.name('s')]
  request.add(
    `if _program getent; then getent passwd -- ${names} >"$_R/${passwd}"; getent shadow -- ${names} >"$_R/${shadow}"`,
    `else cat /etc/passwd >"$_R/${passwd}"; cat /etc/shadow >"$_R/${shadow}"; fi`,
  )
  const ids = probes.map((probe) => {
    const section = request.name('s')
    request.add(`id -Gnz -- ${quote(probe.name)} >"$_R/${section}"; id -gn -- ${quote(probe.name)} >"$_R/${section}g"`)
    return section
  })
  return (reply) => {
    const users = byName(reply.lines(passwd))
    const hashes = byName(reply.lines(shadow))
    return probes.map((probe, index) => {
      const fields = users.get(probe.name)
      if (!fields) return { exists: false }
      const [, , uid, gid, comment, home, shell] = fields
      const primary = reply.text(`${ids[index]}g`).replace(/\n$/, '')
      const fact: UserFact = { exists: true, uid: Number(uid), gid: Number(gid), comment, home, shell }
      if (primary !== '') fact.group = primary
      fact.groups = reply.fields(ids[index] as string).filter((name) => name !== primary)
      const hash = hashes.get(probe.name)?.[1]
      if (hash !== undefined) fact.passwordHash = hash
      return fact
    })
  }
}

export function askGroups(request: Request, probes: Probe<'group'>[]): (reply: Reply) => GroupFact[] {
  const section = request.name('s')
  const names = probes.map((probe) => quote(probe.name)).join(' ')
  request.add(`if _program getent; then getent group -- ${names}; else cat /etc/group; fi >"$_R/${section}"`)
  return (reply) => {
    const groups = byName(reply.lines(section))
    return probes.map((probe) => {
      const fields = groups.get(probe.name)
      if (!fields) return { exists: false }
      return { exists: true, gid: Number(fields[2]), members: (fields[3] ?? '').split(',').filter((name) => name !== '') }
    })
  }
}

/** Lines of fields with colons, by their first field: a number given as a name finds nothing. */
function byName(lines: string[]): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const line of lines) {
    const fields = line.split(':')
    const name = fields[0] as string
    if (!found.has(name)) found.set(name, fields)
  }
  return found
}
