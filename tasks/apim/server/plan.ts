/** Pure part of `server`. */
import { type Context, type Facts, type Plan, type Probe, probe, Unknown } from '../../../src/module/index.ts'
import { startActions, stopActions, type Start } from './actions.ts'
import type { ServerArgs } from './arguments.ts'
import { logOf, notReady, readyProbes } from './readiness.ts'
import {
  configurationOf,
  homeProbe,
  logProbe,
  newerThanStart,
  newScriptProbe,
  outputProbe,
  restartProbes,
  snapshotOf,
  snapshotProbe,
  startScript,
  tomlProbe,
  type Snapshot,
} from './observe.ts'

/** Somebody else on our port would make the start fail after minutes. */
/** Ports without which the server does not start, or only half: management, gateway, broker, event receiver. */
const OWN_PORTS = [9443, 9763, 8243, 8280, 5672, 9611, 9711]
const portProbes = (offset: number) => OWN_PORTS.map((port) => probe.port({ host: '127.0.0.1', port: port + offset, timeout: 3 }))

/** So long after the script a start without any process is given up. */
const GRACE = 8

export function observeServer(args: ServerArgs, facts: Facts, context: Context): Probe[] {
  const probes: Probe[] = [snapshotProbe(args), tomlProbe(args), newScriptProbe(args), ...restartProbes(args)]
  if (args.unit !== undefined) probes.push(homeProbe(args))
  const snapshot = snapshotOf(args, facts)
  if (!snapshot || !facts.has(tomlProbe(args)) || !facts.has(newScriptProbe(args))) return probes
  probes.push(scriptProbe(args, facts))
  if (args.state === 'stopped') return probes
  const log = logProbe(args, snapshot, context)
  if (log) probes.push(log)
  const output = outputProbe(args, snapshot, context)
  if (output) probes.push(output)
  if (snapshot.pids.length === 0) return context.before ? probes : [...probes, ...portProbes(configurationOf(args, facts).offset)]
  if (log && !facts.has(log)) return probes
  const waiting = context.before && !logOf(args, snapshot, facts, context).startedIn
  return waiting && args.ready?.includes('log') !== false ? probes : [...probes, ...readyProbes(args, facts)]
}

const scriptProbe = (args: ServerArgs, facts: Facts) => probe.file({ path: startScript(args, facts).path, follow: true })

export function planServer(args: ServerArgs, facts: Facts, context: Context): Plan {
  facts.need(snapshotProbe(args))
  const snapshot = snapshotOf(args, facts)!
  if (args.state === 'stopped') return planStopped(args, snapshot, facts, context)
  const running = snapshot.pids.length > 0
  if (context.before) return verifyStarted(args, snapshot, facts, context)
  const newer = running && args.state === 'started' ? newerThanStart(args, facts) : undefined
  if (running && args.state === 'started' && newer === undefined) {
    const missing = notReady(args, snapshot, facts, context)
    return missing
      ? waitingFor(args, snapshot, facts, context, missing)
      : { changes: [], result: resultOf(args, snapshot, facts, context, true) }
  }
  return planStart(args, snapshot, facts, context, running, newer)
}

function planStart(
  args: ServerArgs,
  snapshot: Snapshot,
  facts: Facts,
  context: Context,
  running: boolean,
  newer?: string,
): Plan {
  const start = preparedStart(args, snapshot, facts, context)
  if (typeof start === 'string') return { changes: [], failed: start }
  const stop = running ? stopActions(args, snapshot, start.script, start.javaHome, start.offset, true) : []
  const verb = running ? 'restart' : 'start'
  const change = {
    summary: `${verb} the server in ${args.home}${newer === undefined ? '' : `: ${newer} was changed since it started`}`,
    before: { label: args.home, text: running ? 'running\n' : 'stopped\n' },
    after: { label: args.home, text: running ? 'running anew\n' : 'running\n' },
    actions: [...stop, ...startActions(args, snapshot, start)],
  }
  return { changes: [change], result: { ...resultOf(args, snapshot, facts, context, false), ...(newer !== undefined && { outdated: newer }) } }
}

function portsUsed(ports: number[]): string {
  const [which, it] = ports.length === 1 ? ['port', 'is'] : ['ports', 'are']
  return `${which} ${ports.join(', ')} ${it} already used by another process (\`ss -ltnp\` names it): stop that, or choose another offset`
}

/** All that can be known to go wrong before the server is even started. */
function preparedStart(args: ServerArgs, snapshot: Snapshot, facts: Facts, context: Context): Start | string {
  const { path } = startScript(args, facts)
  const configuration = configurationOf(args, facts)
  const script = facts.get(scriptProbe(args, facts))
  if (args.unit === undefined && !(script instanceof Unknown) && !script.exists)
    return `there is no start script ${path}: unpack the pack first, or correct home or script`
  if (configuration.broken)
    return `${args.home}/repository/conf/deployment.toml is not valid TOML: ${configuration.broken}; the server would not start`
  if (configuration.usesSecrets && args.keystore_password === undefined && !snapshot.passwordKept) {
    return 'deployment.toml uses $secret{…}: the server needs the keystore password at each start, give keystore_password'
  }
  const javaHome = args.java_home ?? context.environment.JAVA_HOME ?? snapshot.javaHome
  if (javaHome === undefined && args.unit === undefined)
    return `no Java was found on ${context.host.name}: install a JDK, or give java_home`
  if (snapshot.pids.length === 0) {
    const used = portProbes(configuration.offset).filter((port) => {
      const fact = facts.get(port)
      return !(fact instanceof Unknown) && fact.open
    })
    if (used.length > 0) return portsUsed(used.map(({ port }) => port))
  }
  return {
    script: path,
    javaHome: javaHome ?? '',
    offset: configuration.offset,
    ...(configuration.usesSecrets && args.keystore_password !== undefined && { password: args.keystore_password }),
    ...(args.unit !== undefined && { owner: ownerOf(args, facts) }),
  }
}

function ownerOf(args: ServerArgs, facts: Facts): Start['owner'] {
  const home = facts.has(homeProbe(args)) ? facts.get(homeProbe(args)) : undefined
  if (!home || home instanceof Unknown || home.owner === undefined) return undefined
  return { owner: home.owner, ...(home.group !== undefined && { group: home.group }) }
}

/** After the start: ready, on its way, or failed with what the product says. */
function verifyStarted(args: ServerArgs, snapshot: Snapshot, facts: Facts, context: Context): Plan {
  const old = snapshotOf(args, context.before)?.pids[0]
  const log = logOf(args, snapshot, facts, context)
  if (log.fatal !== undefined)
    return { changes: [], failed: `the server in ${args.home} does not start: ${log.fatal}`, result: { errors: log.errors } }
  if (snapshot.pids.length === 0) return died(args, snapshot, log.errors, context)
  if (old !== undefined && snapshot.pids[0] === old) return { changes: [], pending: `process ${old} is still the old one` }
  const missing = notReady(args, snapshot, facts, context)
  return missing
    ? waitingFor(args, snapshot, facts, context, missing)
    : { changes: [], result: resultOf(args, snapshot, facts, context, true) }
}

function died(args: ServerArgs, snapshot: Snapshot, errors: string[], context: Context): Plan {
  const end = context.outcomes?.at(-1)?.end ?? snapshot.now
  if (snapshot.launching || snapshot.now - end < GRACE) return { changes: [], pending: 'its process is not there yet' }
  const why =
    errors.length > 0
      ? errors.join(' | ')
      : `neither its log nor what it printed (repository/logs/aarun-start.log) says why; run the start script in ${args.home}/bin by hand, without arguments`
  return { changes: [], failed: `the server in ${args.home} ended while starting: ${why}`, result: { errors } }
}

function waitingFor(args: ServerArgs, snapshot: Snapshot, facts: Facts, context: Context, missing: string): Plan {
  return { changes: [], pending: missing, result: resultOf(args, snapshot, facts, context, false) }
}

function planStopped(args: ServerArgs, snapshot: Snapshot, facts: Facts, context: Context): Plan {
  const result = { home: args.home, state: snapshot.pids.length > 0 ? 'started' : 'stopped' }
  if (snapshot.pids.length === 0) return { changes: [], result }
  if (context.before) return { changes: [], pending: `process ${snapshot.pids[0]} is still stopping`, result }
  const javaHome = args.java_home ?? context.environment.JAVA_HOME ?? snapshot.javaHome ?? ''
  const { offset } = configurationOf(args, facts)
  const change = {
    summary: `stop the server in ${args.home}`,
    before: { label: args.home, text: 'running\n' },
    after: { label: args.home, text: 'stopped\n' },
    actions: stopActions(args, snapshot, startScript(args, facts).path, javaHome, offset, false),
  }
  return { changes: [change], result }
}

function resultOf(
  args: ServerArgs,
  snapshot: Snapshot,
  facts: Facts,
  context: Context,
  ready: boolean,
): Record<string, unknown> {
  const { offset } = configurationOf(args, facts)
  const { startedIn } = logOf(args, snapshot, facts, context)
  return {
    home: args.home,
    state: snapshot.pids.length > 0 ? 'started' : 'stopped',
    pid: snapshot.pids[0],
    ready,
    offset,
    url: `https://${args.hostname}:${9443 + offset}/`,
    ...(startedIn !== undefined && { started_in: startedIn }),
  }
}
