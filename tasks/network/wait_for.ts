import { arg, defineModule, type Facts, type Plan, type Probe, probe, pythonRegex, Unknown, z } from '../../src/module/index.ts'
import { regexp } from '../lib/regexp-argument.ts'
import { ACTIVE_STATES, parseConnections } from './tcp-connections.ts'

const args = z
  .strictObject({
    host: arg.text.default('127.0.0.1').describe('Where to connect, seen from the host of the task.'),
    port: arg.integer
      .refine((value) => value > 0 && value < 65536, 'expected 1 to 65535')
      .optional()
      .describe('Port to wait for.'),
    path: arg.path.optional().describe('Path to wait for.'),
    state: z
      .enum(['started', 'present', 'stopped', 'absent', 'drained'])
      .default('started')
      .describe(
        'started or present: the port answers, the path (or the text in it) is there; stopped or absent: no longer; drained: the port has no connections left.',
      ),
    search_regex: regexp({ multiline: true })
      .optional()
      .describe('Text that must be in the file at `path`, or that the port sends.'),
    timeout: arg.integer.default(300).describe('Seconds to wait at most. Without port and path: seconds to wait.'),
    delay: arg.integer.default(0).describe('Seconds to wait before the first look.'),
    sleep: arg.integer.default(1).describe('Seconds between two looks.'),
    connect_timeout: arg.integer.default(5).describe('Seconds to wait for one connection.'),
    active_connection_states: arg.listOf.default(ACTIVE_STATES).describe('drained: states in which a connection counts.'),
    exclude_hosts: arg.list.default([]).describe('drained: addresses whose connections do not count.'),
    msg: arg.text.optional().describe('Message when the time is over.'),
  })
  .superRefine((value, context) => {
    const issue = (message: string) => context.addIssue({ code: 'custom', message })
    if (value.port !== undefined && value.path !== undefined) issue('give either port or path, not both')
    if (value.path !== undefined && value.state === 'drained') issue('state drained needs a port')
    if (value.state === 'drained' && value.port === undefined && value.path === undefined) issue('state drained needs a port')
    if (value.exclude_hosts.length > 0 && value.state !== 'drained') issue('exclude_hosts goes only with state: drained')
  })

type Args = z.output<typeof args>

/** Fixed text: what a port sends by itself in a short time. bash alone can open a connection. */
const LISTEN = 'exec 3<> "/dev/tcp/$1/$2" && timeout "$3" cat <&3; true'

const portProbe = (value: Args) => probe.port({ host: value.host, port: value.port!, timeout: value.connect_timeout })
const bannerProbe = (value: Args) =>
  probe.command({
    argv: ['bash', '-c', LISTEN, 'wait_for', value.host, String(value.port), String(value.connect_timeout)],
    reads: [`tcp:${value.host}:${value.port}`],
    timeout: value.connect_timeout + 5,
  })
const fileProbe = (value: Args) => probe.file({ path: value.path!, follow: true, content: value.search_regex !== undefined })
const tableProbe = probe.command({ argv: ['cat', '/proc/net/tcp', '/proc/net/tcp6'], reads: [] })

/** Waits for a port or a path. */
export default defineModule({
  name: 'wait_for',
  changes: false,
  live: true,
  summary: 'Wait until a port answers, a file is there, or either is gone.',
  examples: `
- name: The gateway answers
  wait_for:
    port: 8243
    timeout: 120

- name: The server says that it has started
  wait_for:
    path: /opt/wso2/repository/logs/wso2carbon.log
    search_regex: 'WSO2 Carbon started in (\\d+) sec'
`,
  args,
  returns: {
    state: 'As given.',
    port: 'As given.',
    path: 'As given.',
    match_groups: 'What the groups of search_regex matched.',
    match_groupdict: 'The named ones.',
  },
  patience: (value) => ({ timeout: value.timeout, interval: value.sleep, delay: value.delay }),
  observe(value): Probe[] {
    if (value.state === 'drained') return [tableProbe]
    if (value.port !== undefined) return [portProbe(value), ...(value.search_regex === undefined ? [] : [bannerProbe(value)])]
    return value.path === undefined ? [] : [fileProbe(value)]
  },
  plan(value, facts): Plan {
    if (value.port === undefined && value.path === undefined)
      return { changes: [], engine: { pause: { seconds: value.timeout } }, result: { state: value.state } }
    const { waiting, match } =
      value.state === 'drained' ? drained(value, facts) : value.port === undefined ? path(value, facts) : port(value, facts)
    const groups = match ? { match_groups: match.slice(1), match_groupdict: { ...match.groups } } : {}
    const result = { state: value.state, port: value.port, path: value.path, ...groups }
    return { changes: [], result, ...(waiting === undefined ? {} : { pending: value.msg ?? waiting }) }
  },
})

interface Seen {
  waiting?: string
  match?: RegExpExecArray
}

const gone = (value: Args) => value.state === 'stopped' || value.state === 'absent'
const pattern = (value: Args) => pythonRegex(value.search_regex!, { multiline: true })

function port(value: Args, facts: Facts): Seen {
  const where = `${value.host}:${value.port}`
  const fact = facts.get(portProbe(value))
  if (fact instanceof Unknown) return { waiting: `whether ${where} answers is not known: ${fact.reason}` }
  if (gone(value)) return fact.open ? { waiting: `${where} still answers` } : {}
  if (!fact.open) return { waiting: `${where} does not answer yet` }
  if (value.search_regex === undefined) return {}
  const banner = facts.get(bannerProbe(value))
  const match = banner instanceof Unknown ? null : pattern(value).exec(banner.stdout)
  return match ? { match } : { waiting: `${where} has not sent '${value.search_regex}' yet` }
}

function path(value: Args, facts: Facts): Seen {
  const fact = facts.get(fileProbe(value))
  if (fact instanceof Unknown) return { waiting: `whether ${value.path} is there is not known: ${fact.reason}` }
  const text = value.search_regex === undefined || !fact.content ? undefined : new TextDecoder().decode(fact.content)
  const match = text === undefined ? null : pattern(value).exec(text)
  const found = fact.exists && (value.search_regex === undefined || match !== null)
  const what = value.search_regex === undefined ? value.path : `'${value.search_regex}' in ${value.path}`
  if (gone(value)) return found ? { waiting: `${what} is still there` } : {}
  return found ? { match: match ?? undefined } : { waiting: `${what} is not there yet` }
}

function drained(value: Args, facts: Facts): Seen {
  const fact = facts.get(tableProbe)
  if (fact instanceof Unknown) return {}
  const address = value.host === 'localhost' ? '127.0.0.1' : value.host
  const any = !/^[\d.]+$|:/.test(address) || address === '0.0.0.0' || address === '::'
  const open = parseConnections(fact.stdout).filter(
    (one) =>
      one.localPort === value.port &&
      (any || one.local === address) &&
      value.active_connection_states.includes(one.state) &&
      !value.exclude_hosts.includes(one.remote),
  )
  return open.length > 0
    ? { waiting: `${value.host}:${value.port} still has ${open.length} connection${open.length > 1 ? 's' : ''}` }
    : {}
}
