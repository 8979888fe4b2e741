/** Command probes: up to eight at the same time, since they only read. */
import type { CommandFact, Probe } from '../probe.ts'
import { argument, exports, quote } from '../quote.ts'
import type { Reply } from '../reply.ts'
import type { Request } from '../request.ts'
import { hostPath, type Host } from './host.ts'

export function askCommands(
  request: Request,
  probes: Probe<'command'>[],
  host: Host,
  environment: Record<string, string> = {},
): (reply: Reply) => CommandFact[] {
  const names = probes.map((probe) => ask(request, probe, host, environment))
  return (reply) => names.map((name) => commandFact(reply, name))
}

function ask(request: Request, probe: Probe<'command'>, host: Host, environment: Record<string, string>): string {
  // Actions are numbered 0, 1 …: a probe that rides along must have names of its own.
  const name = request.name('q')
  const program = probe.argv[0]
  if (program === undefined || program === '') throw new Error('a command probe has no program to run')
  const stdin = probe.stdin === undefined ? '/dev/null' : request.payload(probe.stdin)
  const argv = shield(probe.secret, () =>
    probe.argv.map((word, index) => argument(word, `argument ${index} of ${program}`)).join(' '),
  )
  request.add(
    '_turn; { (',
    // Kept where no variable of the user's environment can reach it.
    `set -- "$_R/r${name}"; umask "$_um"`,
    ...(probe.cwd === undefined ? [] : [`cd -- ${quote(hostPath(probe.cwd, host))} || exit 1`]),
    shield(probe.secret, () => exports({ ...environment, ...probe.env })),
    `_program ${quote(program)} || { echo missing >"$1"; exit 127; }`,
    `exec timeout -k 5 ${probe.timeout ?? 60} ${argv}`,
    // In a shell of its own: one that waits with these redirections writes 'Killed' into them.
    `) <${stdin} >"$_W/o${name}" 2>"$_W/e${name}" 3<&- 4>&-`,
    `_c=$?; [ -s "$_R/r${name}" ] || echo $_c >"$_R/r${name}"; } 2>/dev/null &`,
  )
  return name
}

/** Runs `make`; what it throws must not tell a secret. */
export function shield<T>(secret: boolean | undefined, make: () => T): T {
  try {
    return make()
  } catch (error) {
    if (secret)
      throw new Error('a secret argument or variable of a command cannot be passed: it is too long or has a NUL character')
    throw error
  }
}

export function commandFact(reply: Reply, name: string): CommandFact {
  const ended = reply.text(`r${name}`).trim()
  const found = ended !== 'missing'
  return { found, rc: found ? Number(ended || 1) : 127, stdout: reply.text(`o${name}`), stderr: reply.text(`e${name}`) }
}
