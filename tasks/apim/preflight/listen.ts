/** Ports that are going to be listened on: free, or held by our own. Whose they are is asked only when one is taken. */
import { type Facts, type Probe, probe } from '../../../src/module/index.ts'
import type { PreflightArgs } from './arguments.ts'
import { aside, type Check } from './check.ts'

const TABLE = probe.command({ argv: ['cat', '/proc/net/tcp', '/proc/net/tcp6'], reads: ['tcp'] })

/** $1 ... are inodes of sockets; the texts of the owners come on standard input, or this very shell would hold them. */
const HOLDERS = `
find /proc/[0-9]*/fd -maxdepth 1 -lname 'socket:*' -printf '%l %h\\n' 2> /dev/null | tr -d '[]' |
  sed -n 's,^socket:\\([0-9]*\\) /proc/\\([0-9]*\\)/fd$,\\1 \\2,p' | sort -u | while read -r inode pid; do
    case " $* " in *" $inode "*)
      printf 'holder %s %s %s %s\\n' "$inode" "$pid" "$(stat -c %U "/proc/$pid" 2> /dev/null)" "$(tr '\\0\\n' '  ' < "/proc/$pid/cmdline" 2> /dev/null | head -c 65536)" ;;
    esac
  done
while IFS= read -r owner; do
  real=$(readlink -f -- "$owner" 2> /dev/null)
  [ -z "$real" ] || [ "$real" = "$owner" ] || printf 'real %s\\n' "$real"
  if printf '%s\\n' "$owner" | grep -lF -f - /proc/[0-9]*/cmdline > /dev/null 2>&1; then echo alive; fi
done
`

interface Listener {
  port: number
  inode: string
}

export function listeners(table: string): Listener[] {
  return table.split('\n').flatMap((line) => {
    const fields = line.trim().split(/\s+/)
    const port = /^\d+:$/.test(fields[0] ?? '') && fields[3] === '0A' ? Number.parseInt(fields[1]?.split(':')[1] ?? '', 16) : Number.NaN
    return Number.isNaN(port) ? [] : [{ port, inode: fields[9] ?? '' }]
  })
}

function taken(args: PreflightArgs, facts: Facts): Listener[] {
  const wanted = new Set(args.listen.map(({ port }) => port))
  return listeners(facts.need(TABLE).stdout).filter(({ port }) => wanted.has(port))
}

const holdersProbe = (args: PreflightArgs, of: Listener[]): Probe<'command'> =>
  probe.command({ argv: ['sh', '-c', HOLDERS, 'sh', ...of.map(({ inode }) => inode)], stdin: args.owners.map((owner) => `${owner}\n`).join(''), reads: ['tcp'] })

export const listen: Check = {
  observe(args, facts) {
    if (args.listen.length === 0) return []
    if (!facts.has(TABLE)) return [TABLE]
    const held = taken(args, facts)
    return held.length === 0 ? [TABLE] : [TABLE, holdersProbe(args, held)]
  },
  judge(args, facts) {
    if (args.listen.length === 0) return {}
    const held = taken(args, facts)
    if (held.length === 0) return { result: { listening: [] } }
    const said = facts.need(holdersProbe(args, held)).stdout
    const known = new Map(args.listen.map(({ port, what }) => [port, what]))
    const ports = [...new Set(held.map(({ port }) => port))]
    const strangers = new Map<string, number[]>()
    for (const port of ports) {
      const stranger = strangerOf(args, held.filter((one) => one.port === port), said)
      if (stranger !== undefined) strangers.set(stranger, [...(strangers.get(stranger) ?? []), port])
    }
    const foreign = [...strangers.values()].flat()
    return {
      findings: [...strangers].map(([stranger, all]) => `port ${all.map((port) => `${port}${aside(known.get(port) ?? '')}`).join(', ')} is taken by ${stranger}: stop it, or choose other ports (apim_node.offset, or the port in question)`),
      result: { listening: ports.filter((port) => !foreign.includes(port)) },
    }
  },
}

/** Who holds the port, when it is none of ours; undefined when it is. */
function strangerOf(args: PreflightArgs, held: Listener[], said: string): string | undefined {
  const inodes = held.map(({ inode }) => inode)
  const holders = [...said.matchAll(/^holder (\d+) (\d+) (\S*) (.*)$/gm)].filter((match) => inodes.includes(match[1] as string))
  const ours = [...args.owners, ...[...said.matchAll(/^real (.+)$/gm)].map((match) => match[1] as string)]
  // The command line of a server that runs as somebody else can be read, its sockets can't.
  if (holders.length === 0) return /^alive$/m.test(said) ? undefined : "a process of another user"
  if (holders.some((match) => ours.some((text) => names(match[4] as string, text)))) return undefined
  const [, , pid, user, command] = holders[0] as unknown as [string, string, string, string, string]
  // Only its name: the rest of a command line may hold a password.
  return `${command.split(/[ :]/)[0]?.split('/').at(-1) || 'a process'} (process ${pid} of ${user})`
}

/** Is the text in the command line as a whole name: /opt/am is none of /opt/am-old. */
function names(command: string, text: string): boolean {
  for (let at = command.indexOf(text); at >= 0; at = command.indexOf(text, at + 1)) if (!/[\w.-]/.test(command[at + text.length] ?? '')) return true
  return false
}
