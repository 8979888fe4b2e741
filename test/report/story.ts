/** A run as events, for the tests of all reports. */
import type { Event, HostResult, Recap } from '../../src/events/index.ts'

type Untimed<E> = E extends unknown ? Omit<E, 'time'> : never
export type Plain = Untimed<Event>

export function result(host: string, status: HostResult['status'], more: Partial<HostResult> = {}): HostResult {
  return { host, status, changes: [], result: {}, ms: 1200, ...more }
}

export function recap(counts: Partial<Recap> = {}): Recap {
  return {
    ok: 0,
    changed: 0,
    unreachable: 0,
    failed: 0,
    skipped: 0,
    rescued: 0,
    ignored: 0,
    unknown: 0,
    round_trips: 0,
    ...counts,
  }
}

export function task(id: number, name: string, more: Partial<Extract<Event, { event: 'task' }>> = {}): Plain {
  const hosts = more.hosts ?? ['node1', 'node2']
  return {
    event: 'task',
    id,
    play: 1,
    name,
    module: 'command',
    action: 'command',
    path: 'site.yaml',
    line: 10 + id,
    tags: [],
    ...more,
    hosts,
  }
}

export const diff = '--- before: /etc/motd\n+++ after: /etc/motd\n@@ -1 +1 @@\n-old\n+new\n'

/** Two hosts; a change, a loop, a retry, an ignored failure, a debug, a failure, a handler. */
export function story(check = false): Plain[] {
  const hosts = ['node1', 'node2']
  return [
    { event: 'run', playbooks: ['site.yaml'], check, diff: true, version: '0.1.0', hosts },
    { event: 'play', play: 'site.yaml', id: 1, name: 'Set up nodes', hosts },
    task(1, 'Gathering Facts', { module: 'setup' }),
    { event: 'start', task: 1, host: 'node1' },
    { event: 'start', task: 1, host: 'node2' },
    { event: 'result', task: 1, ...result('node1', 'ok') },
    { event: 'result', task: 1, ...result('node2', 'ok') },
    task(2, 'Write motd', { module: 'copy' }),
    { event: 'result', task: 2, ...result('node1', 'changed', { changes: [{ summary: 'write /etc/motd', diff }] }) },
    { event: 'result', task: 2, ...result('node2', 'skipped', { message: 'when: inventory_hostname == "node1"' }) },
    task(3, 'Make directories', { module: 'file' }),
    { event: 'item', task: 3, item: '/a', label: '/a', ...result('node1', 'changed', { changes: [{ summary: 'make /a' }] }) },
    { event: 'item', task: 3, item: '/b', label: '/b', ...result('node1', 'ok') },
    { event: 'result', task: 3, items: 2, ...result('node1', 'changed') },
    { event: 'result', task: 3, ...result('node2', 'ok') },
    task(4, 'Say'),
    { event: 'warning', message: 'odd name', path: 'site.yaml', line: 3, column: 7 },
    { event: 'start', task: 4, host: 'node1' },
    { event: 'output', task: 4, host: 'node1', stream: 'stdout', text: 'half way\n' },
    { event: 'retry', task: 4, host: 'node1', attempt: 1, left: 2, message: 'not yet' },
    {
      event: 'result',
      task: 4,
      ...result('node1', 'ignored', {
        message: 'non-zero return code',
        result: { cmd: ['say', 'a b'], rc: 3, stdout: 'half way', stderr: 'line 1\nline 2', failed: true },
      }),
    },
    { event: 'result', task: 4, ...result('node2', 'ok') },
    task(5, 'Tell', { module: 'debug', hosts: ['node1'] }),
    { event: 'result', task: 5, ...result('node1', 'ok', { result: { msg: 'a message\nof two lines', changed: false } }) },
    task(6, 'Plan on a plan', { module: 'file', hosts: ['node1'] }),
    { event: 'result', task: 6, ...result('node1', 'changed', check ? { unknown: 'the command "make" has not run' } : {}) },
    task(7, 'Break', { hosts }),
    {
      event: 'result',
      task: 7,
      ...result('node1', 'failed', {
        message: 'non-zero return code',
        result: { cmd: 'false', rc: 1, stdout: '', stderr: 'it broke\nbadly', msg: 'non-zero return code' },
      }),
    },
    {
      event: 'result',
      task: 7,
      ...result('node2', 'unreachable', { message: 'ssh: connect to host node2 port 22: Connection refused' }),
    },
    task(8, 'Restart', { handler: true, module: 'service', hosts: ['node1'] }),
    { event: 'result', task: 8, ...result('node1', 'changed', { delegate: 'lb' }) },
    {
      event: 'end',
      exit: 2,
      ms: 4321,
      hosts: {
        node1: recap({ ok: 5, changed: 3, failed: 1, ignored: 1, round_trips: 4 }),
        node2: recap({ ok: 3, unreachable: 1, skipped: 1, round_trips: 3, unknown: check ? 1 : 0 }),
      },
      round_trips: 7,
      stats: { where: 'Publisher: https://node1:9443/publisher\nPortal: https://node1:9443/devportal\n', count: 2 },
    },
  ]
}
