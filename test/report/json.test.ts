import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Event } from '../../src/events/index.ts'
import { createReport, jsonLine } from '../../src/report/index.ts'
import { story } from './story.ts'

test('an event is a line, and the last tells the counts of each host', async () => {
  let text = ''
  const stream = { write: (part: string, done?: () => void) => ((text += part), done?.(), true) }
  const report = await createReport('json', { verbosity: 0, stream, color: false })
  for (const event of story()) report.emit({ time: 7, ...event } as Event)
  await report.close()
  const events = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Event)
  assert.equal(
    events,
    story().map((event) => ({ time: 7, ...event })),
  )
  const end = events.at(-1) as Extract<Event, { event: 'end' }>
  assert.is(end.event, 'end')
  assert.equal(end.hosts['node1'], {
    ok: 5,
    changed: 3,
    unreachable: 0,
    failed: 1,
    skipped: 0,
    rescued: 0,
    ignored: 1,
    unknown: 0,
    round_trips: 4,
  })
})

test('values that JSON has no form for do not break a line', () => {
  const loop: Record<string, unknown> = {
    big: 12345678901234567890n,
    bytes: Buffer.from('hi'),
    nan: NaN,
    at: new Date(0),
    map: new Map([['a', 1]]),
    text: 'a\nb\u2028',
  }
  loop['self'] = loop
  const twice = { a: 1 }
  loop['one'] = twice
  loop['two'] = [twice]
  const line = jsonLine(loop)
  assert.not.ok(line.includes('\n'))
  assert.equal(JSON.parse(line), {
    big: '12345678901234567890',
    bytes: 'aGk=',
    nan: 'NaN',
    at: '1970-01-01T00:00:00.000Z',
    map: { a: 1 },
    text: 'a\nb\u2028',
    self: '[circular]',
    one: { a: 1 },
    two: [{ a: 1 }],
  })
})

test.run()
