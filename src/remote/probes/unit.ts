/** Unit probes: one `systemctl show` for all; without systemd, the init scripts. */
import type { Probe, UnitFact } from '../probe.ts'
import { quote } from '../quote.ts'
import type { Reply } from '../reply.ts'
import type { Request } from '../request.ts'

const properties = [
  'Id',
  'Names',
  'LoadState',
  'ActiveState',
  'SubState',
  'UnitFileState',
  'UnitFilePreset',
  'Description',
  'FragmentPath',
  'MainPID',
  'ExecMainStartTimestamp',
  'ExecMainStatus',
  'Result',
  'NeedDaemonReload',
  'Type',
  'CanReload',
]
const enabledStates = new Set(['enabled', 'enabled-runtime', 'alias', 'generated'])

export function askUnits(request: Request, probes: Probe<'unit'>[]): (reply: Reply) => UnitFact[] {
  const system = askScope(
    request,
    probes.filter((probe) => probe.scope !== 'user'),
    '--system',
  )
  const user = askScope(
    request,
    probes.filter((probe) => probe.scope === 'user'),
    '--user',
  )
  return (reply) => {
    const facts = new Map([...system(reply), ...user(reply)])
    return probes.map((probe) => facts.get(probe) as UnitFact)
  }
}

function askScope(request: Request, probes: Probe<'unit'>[], scope: string) {
  if (probes.length === 0) return () => new Map<Probe<'unit'>, UnitFact>()
  for (const { name } of probes) {
    // systemctl takes these for patterns, and its answer could not be told apart.
    if (/[*?[\]]/.test(name) || name === '') throw new Error(`'${name}' is not the name of a unit`)
  }
  const section = request.name('s')
  const words = probes.map((probe) => quote(probe.name)).join(' ')
  request.add(
    'if [ -d /run/systemd/system ]; then',
    `echo systemd >"$_R/${section}"`,
    ...(scope === '--user' ? ['[ "$XDG_RUNTIME_DIR" ] || { XDG_RUNTIME_DIR=/run/user/$(id -u); export XDG_RUNTIME_DIR; }'] : []),
    `systemctl ${scope} show --no-pager -p ${properties.join(',')} -- ${words} >"$_R/${section}u" 2>"$_R/${section}e" </dev/null`,
    'elif [ -d /etc/init.d ] && _program service; then',
    `echo sysv >"$_R/${section}"`,
    ...probes.map(({ name }) => sysv(name.replace(/\.service$/, ''), section)),
    'fi',
  )
  return (reply: Reply) => {
    const manager = (reply.text(section).trim() || 'none') as UnitFact['manager']
    const facts = manager === 'systemd' ? systemd(reply, section, probes) : reply.lines(`${section}v`).map(sysvFact)
    return new Map(
      probes.map((probe, index) => [probe, facts[index] ?? { manager, exists: false, active: false, enabled: false }]),
    )
  }
}

function systemd(reply: Reply, section: string, probes: Probe<'unit'>[]): UnitFact[] {
  const blocks = reply
    .text(`${section}u`)
    .split(/\n\n+/)
    .filter((block) => block.trim() !== '')
  if (blocks.length !== probes.length) {
    throw new Error(
      `systemctl did not answer: ${reply.lines(`${section}e`).at(-1) ?? `${blocks.length} of ${probes.length} units`}`,
    )
  }
  return blocks.map((block) => {
    const status = Object.fromEntries(
      block
        .trim()
        .split('\n')
        .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    ) as Record<string, string>
    return {
      manager: 'systemd',
      exists: status.LoadState !== 'not-found',
      active: ['active', 'reloading', 'activating', 'refreshing'].includes(status.ActiveState ?? ''),
      enabled: enabledStates.has(status.UnitFileState ?? ''),
      masked: status.LoadState === 'masked',
      status,
    }
  })
}

function sysv(name: string, section: string): string {
  const word = quote(name)
  return (
    `if [ -x "/etc/init.d/"${word} ]; then timeout 20 service ${word} status </dev/null >/dev/null 2>&1 3<&- 4>&-; _c=$?; _l=; ` +
    `for _p in /etc/rc[2345].d/S??${word} /etc/runlevels/*/${word}; do [ -L "$_p" ] && _l=1; done; ` +
    `echo "1 $_c $_l" >>"$_R/${section}v"; else echo 0 >>"$_R/${section}v"; fi`
  )
}

function sysvFact(line: string): UnitFact {
  const [exists, rc, enabled] = line.split(' ')
  return { manager: 'sysv', exists: exists === '1', active: rc === '0', enabled: enabled === '1' }
}
