/** Is the server ready, and if not, what is missing: one check after the other. */
import { type Context, type Facts, type Probe, probe, Unknown } from '../../../src/module/index.ts'
import type { Check, ServerArgs } from './arguments.ts'
import { configurationOf, logProbe, outputProbe, startScript, type Snapshot } from './observe.ts'

/** What the log said since the start. */
export interface Log {
  startedIn?: number
  fatal?: string
  errors: string[]
}

const STARTED = /WSO2 Carbon started in (\d+) sec/
/** After one of these it never becomes ready, even though the process may stay and even say "started". */
const FATAL = [
  /Error in (intializing|initializing) system data sources|Error in creating the datasource/,
  /relation "\w+" does not exist|Table '[\w.]+' doesn't exist/,
  /Unable to load class: \S*(postgresql|mysql|mariadb|oracle|sqlserver|db2)/i,
  /Keystore was tampered with, or password was incorrect/,
  /Secret references can't be (resolved|plain text)/,
  /Error (parsing deployment configuration|while performing configuration changes)/,
  /Error while reading metadata/,
  /BindException|Address already in use/,
]

export function readLog(text: string): Log {
  const lines = text.split('\n')
  const started = lines.map((line) => STARTED.exec(line)?.[1]).findLast((found) => found !== undefined)
  const fatal = lines.find((line) => FATAL.some((pattern) => pattern.test(line)))
  const errors = lines.filter((line) => /\b(ERROR|FATAL|SEVERE)\b|Exception:/.test(line))
  return {
    ...(started !== undefined && { startedIn: Number(started) }),
    ...(fatal !== undefined && { fatal: shorten(fatal) }),
    errors: errors.slice(-5).map(shorten),
  }
}

function shorten(line: string): string {
  const plain = line.trim()
  return plain.length > 400 ? `${plain.slice(0, 400)}…` : plain
}

/** The log, and what was printed where the log has nothing of it. */
export function logOf(args: ServerArgs, snapshot: Snapshot, facts: Facts, context: Context): Log {
  const read = (question: Probe<'command'> | undefined): string => {
    const fact = question && facts.has(question) ? facts.get(question) : undefined
    return fact === undefined || fact instanceof Unknown ? '' : fact.stdout
  }
  const log = readLog(read(logProbe(args, snapshot, context)))
  const output = read(outputProbe(args, snapshot, context))
  const printed = readLog(output)
  const lines = output.split('\n').filter((line) => line.trim() !== '').slice(-3).map(shorten)
  const errors = [log.errors, printed.errors, lines].find((list) => list.length > 0) ?? []
  return { ...printed, ...log, errors }
}

export function checksOf(args: ServerArgs, facts: Facts): Check[] {
  return args.ready ?? ['log', 'version', startScript(args, facts).modern ? 'apis' : 'gateway', 'ports']
}

function url(args: ServerArgs, port: number, path: string): Probe<'http'> {
  return probe.http({
    url: `https://${args.hostname}:${port}${path}`,
    connectTo: `127.0.0.1:${port}`,
    verify: args.validate_certs ?? args.ca_path !== undefined,
    ...(args.ca_path !== undefined && { caPath: args.ca_path }),
    timeout: 10,
  })
}

const version = (args: ServerArgs, offset: number) => url(args, 9443 + offset, '/services/Version')
const gateway = (args: ServerArgs, offset: number) => url(args, 8243 + offset, '/services/Version')
const apis = (args: ServerArgs, offset: number) => url(args, 9443 + offset, '/api/am/gateway/v2/server-startup-healthcheck')
const NODE_PORTS = [5672, 9611, 9711]
const port = (offset: number, number: number) => probe.port({ host: '127.0.0.1', port: number + offset, timeout: 3 })

/** The questions of the checks, of a server that has its process and its started line. */
export function readyProbes(args: ServerArgs, facts: Facts): Probe[] {
  const { offset } = configurationOf(args, facts)
  return checksOf(args, facts).flatMap((check): Probe[] => {
    if (check === 'version') return [version(args, offset)]
    if (check === 'gateway') return [gateway(args, offset)]
    if (check === 'apis') return [apis(args, offset), gateway(args, offset)]
    return check === 'ports' ? NODE_PORTS.map((number) => port(offset, number)) : []
  })
}

/** What is not ready yet; undefined: all is. */
export function notReady(args: ServerArgs, snapshot: Snapshot, facts: Facts, context: Context): string | undefined {
  const { offset } = configurationOf(args, facts)
  const checks = checksOf(args, facts)
  // Of a server that we did not start the line may be in a log that was rotated away.
  if (checks.includes('log') && context.before && logOf(args, snapshot, facts, context).startedIn === undefined) {
    return 'the log has no line "WSO2 Carbon started" yet'
  }
  for (const check of checks) {
    const missing = judge(check, args, offset, facts)
    if (missing) return missing
  }
  return undefined
}

function judge(check: Check, args: ServerArgs, offset: number, facts: Facts): string | undefined {
  if (check === 'version') return answer(facts, version(args, offset))
  if (check === 'gateway') return answer(facts, gateway(args, offset))
  if (check === 'apis') {
    // Update levels without this resource answer 404, some ask for a login: then the gateway's transport has to do.
    const status = statusOf(facts, apis(args, offset))
    return status === 404 || status === 401 || status === 403
      ? answer(facts, gateway(args, offset))
      : answer(facts, apis(args, offset))
  }
  if (check === 'ports') {
    const closed = NODE_PORTS.filter((number) => {
      const fact = facts.get(port(offset, number))
      return fact instanceof Unknown || !fact.open
    })
    return closed.length > 0 ? `nothing listens on port ${closed.map((number) => number + offset).join(', ')} yet` : undefined
  }
  return undefined
}

function statusOf(facts: Facts, question: Probe<'http'>): number {
  const fact = facts.get(question)
  return fact instanceof Unknown ? 0 : fact.status
}

function answer(facts: Facts, question: Probe<'http'>): string | undefined {
  const fact = facts.get(question)
  if (fact instanceof Unknown) return fact.reason
  if (fact.status === 200) return undefined
  if (fact.status === 0) return `${question.url} does not answer (${fact.error ?? 'no reason given'})`
  return `${question.url} answers ${fact.status}`
}
