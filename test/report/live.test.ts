import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Event } from '../../src/events/index.ts'
import { spaceFor } from '../../src/report/live-region.ts'
import { fit } from '../../src/report/text.ts'
import { createReport } from '../../src/report/index.ts'
import { story } from './story.ts'
import { root, runtime } from '../program.ts'
import { hasTerminal, inTerminal, screen } from './terminal.ts'

const replay = (...args: string[]) => [...runtime, `${root}test/report/replay.ts`, ...args]
const inPty = hasTerminal() ? test : test.skip
/** Without the times that differ from run to run. */
const timeless = (lines: string[]) => lines.map((line) => line.replace(/ {2}\d+(\.\d)?s$/, ''))

const finished = [
  '',
  'Set up nodes',
  '✔ Gathering Facts',
  '✔ Write motd  changed: node1; skipped: node2',
  '    [node1]',
  '--- before: /etc/motd',
  '+++ after: /etc/motd',
  '@@ -1 +1 @@',
  '-old',
  '+new',
  '✔ Make directories  changed: node1; ok: node2',
  '⚠ odd name (site.yaml:3)',
  '⚠ Say  ignored: node1; ok: node2',
  '    [node1] non-zero return code',
  '      cmd: say "a b"',
  '      rc: 3',
  '      stderr:',
  '        line 1',
  '        line 2',
  '      stdout: half way',
  '✔ Tell  ok: node1',
  '    [node1]',
  '      msg:',
  '        a message',
  '        of two lines',
  '✔ Plan on a plan  changed: node1',
  '✖ Break  failed: node1; unreachable: node2',
  '    [node1] non-zero return code',
  '      cmd: false',
  '      rc: 1',
  '      stderr:',
  '        it broke',
  '        badly',
  '      at site.yaml:17',
  '    [node2] UNREACHABLE: ssh: connect to host node2 port 22: Connection refused',
  '      at site.yaml:17',
  '✔ handler: Restart  changed: node1',
  '',
  'Failed:',
  '  Break on node1, node2 at site.yaml:17',
  '',
  '       ok  changed  unreachable  failed  skipped  ignored',
  'node1   5        3            0       1        0        1',
  'node2   3        0            1       0        1        0',
  'in 4.3s',
  '',
  'where:',
  '  Publisher: https://node1:9443/publisher',
  '  Portal: https://node1:9443/devportal',
  'count: 2',
  '',
]

inPty('what stays on the screen after a run, at any pace', async () => {
  for (const pause of ['0', '150']) {
    const { text, code } = await inTerminal(replay('live', '0', 'no', pause))
    assert.is(code, 0)
    assert.equal(timeless(screen(text)), finished)
  }
})

inPty('what goes on moves: play, task, hosts, their output', async () => {
  const { text } = await inTerminal(replay('live', '0', 'no', '400'))
  const moving = text.replace(/\u001b\[[\d;]*m/g, '')
  assert.match(moving, /Set up nodes {2}\d+ tasks done/)
  assert.match(moving, /Gathering Facts 0\/2 \d\.\ds/)
  assert.match(moving, /node1 \d\.\ds/)
  assert.match(moving, /› half way/)
  assert.match(moving, /attempt 1 failed, 2 left/)
  assert.match(moving, /node1 \d\.\ds \/b/)
  // The cursor is given back.
  assert.ok(text.lastIndexOf('\u001b[?25h') > text.lastIndexOf('\u001b[?25l'))
})

inPty('a narrow terminal gets a recap that fits, and nothing is left over', async () => {
  const { text, code } = await inTerminal(replay('live', '0', 'no', '150'), { columns: 30 })
  assert.is(code, 0)
  const lines = screen(text)
  assert.ok(lines.includes('node1: 5 ok, 3 changed, 1 failed, 1 ignored'))
  assert.is(lines.filter((line) => /tasks done/.test(line)).length, 0)
  assert.is(lines.filter((line) => /^✔ Make directories/.test(line)).length, 1)
})

inPty('check mode', async () => {
  const { text } = await inTerminal(replay('live', '0', 'check'))
  const lines = timeless(screen(text))
  assert.ok(lines.includes('Check mode: nothing is changed'))
  assert.ok(lines.includes('? Plan on a plan  unknown: node1'))
  assert.ok(lines.includes('      the command "make" has not run'))
  assert.ok(lines.includes('      - write /etc/motd'))
})

test('the moving part is never higher than the terminal', () => {
  for (const rows of [6, 10, 24, 50])
    for (const tasks of [1, 2, 8, 40])
      for (const hosts of [1, 3, 12, 200]) {
        const space = spaceFor(tasks, hosts, rows, 80)
        const each = 1 + space.hosts * (1 + space.tail) + (space.hosts < hosts ? 1 : 0)
        const height = 1 + space.tasks * each + (space.tasks < tasks ? 1 : 0)
        assert.ok(height < rows, JSON.stringify({ rows, tasks, hosts, space, height }))
        assert.ok(space.tasks >= 1 && space.hosts >= 1)
      }
})

test('text is cut by columns, not by characters', () => {
  assert.is(fit('short', 10), 'short')
  assert.is(fit('0123456789', 10), '0123456789')
  assert.is(fit('0123456789x', 10), '012345678…')
  assert.is(fit('漢字漢字漢字', 7), '漢字漢…')
  assert.is(fit('a long name', 8), 'a long…')
})

test('without a terminal it is the plain log', async () => {
  let text = ''
  const stream = { write: (part: string, done?: () => void) => ((text += part), done?.(), true) }
  const report = await createReport('live', { verbosity: 0, stream, color: false })
  for (const event of story()) report.emit({ time: 0, ...event } as Event)
  await report.close()
  assert.match(text, /^TASK \[Break\] \*+$/m)
})

test.run()
