import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createEmitter, MASK, Secrets } from '../../src/events/index.ts'
import type { Event } from '../../src/events/index.ts'

function recorder() {
  const events: Event[] = []
  const secrets = new Secrets()
  secrets.add('s3cr3t-pass')
  secrets.add('ok-then')
  secrets.add(424242)
  return { events, secrets, emit: createEmitter([{ emit: (event) => events.push(event) }], secrets) }
}

const text = (events: Event[]) => events.flatMap((event) => (event.event === 'output' ? [event.text] : []))

test('events get a time and are masked before a sink sees them', () => {
  const { events, emit } = recorder()
  emit({ event: 'warning', message: 'it is s3cr3t-pass' })
  assert.is((events[0] as { message: string }).message, `it is ${MASK}`)
  assert.ok(Math.abs((events[0]?.time ?? 0) - Date.now()) < 5000)
})

test('what identifies things is never masked', () => {
  const { events, secrets, emit } = recorder()
  secrets.add('changed')
  secrets.add('node1')
  emit({ event: 'result', task: 424242, host: 'node1', status: 'changed', changes: [], result: { pin: 424242 }, ms: 424242 })
  const [event] = events as Extract<Event, { event: 'result' }>[]
  assert.is(event?.task, 424242)
  assert.is(event?.host, 'node1')
  assert.is(event?.status, 'changed')
  assert.equal(event?.result, { pin: MASK })
})

test('a loop item that is a secret number is masked', () => {
  const { events, emit } = recorder()
  emit({ event: 'item', task: 1, item: 424242, label: '424242', host: 'a', status: 'ok', changes: [], result: {}, ms: 1 })
  assert.not.ok(
    JSON.stringify(events[0])
      .replace(/"time":\d+/, '')
      .includes('424242'),
  )
})

test('a secret that comes in pieces is masked', () => {
  const { events, emit } = recorder()
  const say = (part: string) => emit({ event: 'output', task: 1, host: 'a', stream: 'stdout', text: part })
  say('first line\nit is s3cr')
  say('3t-pa')
  say('ss, see\nlast, without an end')
  assert.equal(text(events), ['first line\n', `it is ${MASK}, see\n`])
  emit({ event: 'result', task: 1, host: 'a', status: 'ok', changes: [], result: {}, ms: 1 })
  assert.equal(text(events), ['first line\n', `it is ${MASK}, see\n`, 'last, without an end'])
  assert.is(events.at(-1)?.event, 'result')
})

test('output of hosts and streams is kept apart, and nothing is lost at the end', () => {
  const { events, emit } = recorder()
  emit({ event: 'output', task: 1, host: 'a', stream: 'stdout', text: 's3cr' })
  emit({ event: 'output', task: 1, host: 'b', stream: 'stdout', text: 'other' })
  emit({ event: 'output', task: 1, host: 'a', stream: 'stderr', text: 'error' })
  emit({ event: 'output', task: 1, host: 'a', stream: 'stdout', text: '3t-pass' })
  emit({ event: 'end', exit: 0, ms: 1, hosts: {}, round_trips: 0 })
  assert.equal(text(events).sort(), [MASK, 'error', 'other'].sort())
  assert.is(events.at(-1)?.event, 'end')
})

test.run()
