/** What HAProxy says of its servers on its socket, and what it is told there. */
import { type Action, type Change, type CommandFact, type Effect, type Probe, probe } from '../../../../src/module/index.ts'
import type { Server } from './config.ts'

export interface State {
  status: string
  /** Requests in work. */
  sessions: number
}

const socat = (socket: string) => ['socat', '-t', '10', '-', `UNIX-CONNECT:${socket}`]

/** `show stat`, servers (4) of all proxies (-1). */
export function statesProbe(socket: string, resource: string): Probe<'command'> {
  return probe.command({ argv: socat(socket), stdin: 'show stat -1 4 -1\n', timeout: 15, reads: [resource] })
}

export function readStates(fact: CommandFact): Map<string, State> | { failed: string } {
  if (!fact.found) return { failed: 'there is no program socat by which HAProxy could be asked: install the package socat' }
  const [head = '', ...rows] = fact.stdout.split('\n')
  if (fact.rc !== 0 || !head.startsWith('# pxname')) return { failed: `HAProxy does not answer on its socket: ${(fact.stderr.trim() || fact.stdout.trim()).split('\n')[0] ?? ''}` }
  const columns = head.slice(2).split(',')
  const [scur, status] = [columns.indexOf('scur'), columns.indexOf('status')]
  return new Map(
    rows.filter(Boolean).map((row) => {
      const fields = row.split(',')
      return [`${fields[0]}/${fields[1]}`, { status: fields[status] ?? '', sessions: Number(fields[scur]) }]
    }),
  )
}

export const inMaintenance = (state: State): boolean => state.status.startsWith('MAINT')

/** Maintenance, not HAProxy's own 'drain': that still sends those who have a cookie for the server. */
export function setState(servers: Server[], drain: boolean, socket: string, resource: string): Change {
  const names = servers.map(({ backend, name }) => `${backend}/${name}`)
  const makes: Effect[] = [{ kind: 'touched', resource, reason: `the state of ${names.join(', ')} will be changed` }]
  const action: Action = {
    kind: 'run',
    argv: socat(socket),
    stdin: `${names.map((name) => `set server ${name} state ${drain ? 'maint' : 'ready'}`).join(';')}\n`,
    timeout: 15,
    makes,
    complete: true,
  }
  return {
    summary: drain ? `take ${names.join(', ')} out of service` : `put ${names.join(', ')} back into service`,
    before: { label: 'haproxy', text: `${drain ? 'ready' : 'maint'}\n` },
    after: { label: 'haproxy', text: `${drain ? 'maint' : 'ready'}\n` },
    actions: [action],
  }
}
