import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Event } from '../../src/events/index.ts'
import { createReport } from '../../src/report/index.ts'
import { recap, result, story, task } from './story.ts'
import type { Plain } from './story.ts'

async function show(events: Plain[], verbosity = 0, color = false): Promise<string> {
  let text = ''
  const stream = { write: (part: string, done?: () => void) => ((text += part), done?.(), true) }
  const report = await createReport('plain', { verbosity, stream, color, width: 60 })
  for (const event of events) report.emit({ time: 0, ...event } as Event)
  await report.close()
  return text
}

/** The text, with the rows of asterisks cut. */
const lines = (text: string) => text.replace(/ \*{3,}$/gm, ' ***').split('\n')

test('a run looks like this', async () => {
  assert.equal(lines(await show(story())), [
    '',
    'PLAY [Set up nodes] ***',
    '',
    'TASK [Gathering Facts] ***',
    'ok: [node1]',
    'ok: [node2]',
    '',
    'TASK [Write motd] ***',
    '--- before: /etc/motd',
    '+++ after: /etc/motd',
    '@@ -1 +1 @@',
    '-old',
    '+new',
    'changed: [node1]',
    '',
    'TASK [Make directories] ***',
    'changed: [node1] => (item=/a)',
    'ok: [node1] => (item=/b)',
    'ok: [node2]',
    '[WARNING]: odd name (site.yaml:3:7)',
    '',
    'TASK [Say] ***',
    'FAILED - RETRYING: [node1]: Say (2 retries left).',
    'fatal: [node1]: FAILED! => non-zero return code',
    '    cmd: say "a b"',
    '    rc: 3',
    '    stderr:',
    '      line 1',
    '      line 2',
    '    stdout: half way',
    '...ignoring',
    'ok: [node2]',
    '',
    'TASK [Tell] ***',
    'ok: [node1] =>',
    '    msg:',
    '      a message',
    '      of two lines',
    '',
    'TASK [Plan on a plan] ***',
    'changed: [node1]',
    '',
    'TASK [Break] ***',
    'fatal: [node1]: FAILED! => non-zero return code',
    '    cmd: false',
    '    rc: 1',
    '    stderr:',
    '      it broke',
    '      badly',
    '    at site.yaml:17',
    'fatal: [node2]: UNREACHABLE! => ssh: connect to host node2 port 22: Connection refused',
    '    at site.yaml:17',
    '',
    'RUNNING HANDLER [Restart] ***',
    'changed: [node1 -> lb]',
    '',
    'PLAY RECAP ***',
    'node1                      : ok=5    changed=3    unreachable=0    failed=1    skipped=0    rescued=0    ignored=1   ',
    'node2                      : ok=3    changed=0    unreachable=1    failed=0    skipped=1    rescued=0    ignored=0   ',
    '',
    'where:',
    '  Publisher: https://node1:9443/publisher',
    '  Portal: https://node1:9443/devportal',
    'count: 2',
    '',
  ])
})

test('banners are as wide as those of Ansible', async () => {
  const banner = (await show(story())).split('\n').find((line) => line.startsWith('PLAY RECAP'))
  assert.is(banner, `PLAY RECAP ${'*'.repeat(79 - 'PLAY RECAP'.length)}`)
})

test('check mode says so, and names what would be done', async () => {
  const text = lines(await show(story(true)))
  assert.ok(text.includes('CHECK MODE: nothing is changed ***'))
  assert.ok(text.includes('PLAY [Set up nodes] [CHECK MODE] ***'))
  assert.ok(text.includes('  - write /etc/motd'))
  assert.ok(text.includes('unknown: [node1] => the command "make" has not run'))
  assert.ok(text.includes('unknown until it runs: node2=1 (counted as changed)'))
})

test('-v shows skipped hosts, output, values and round trips', async () => {
  const text = lines(await show(story(), 1))
  assert.ok(text.includes('skipping: [node2] => when: inventory_hostname == "node1"'))
  assert.ok(text.includes('  node1 | half way'))
  assert.ok(text.includes('round trips: node1=4 node2=3 total=7 in 4.3s'))
  const quiet = lines(await show(story()))
  assert.not.ok(quiet.some((line) => line.startsWith('skipping') || line.startsWith('round trips')))
})

test('-vv shows where tasks are written', async () => {
  assert.ok(lines(await show(story(), 2)).includes('task path: site.yaml:12'))
})

test('a task that skips all hosts has no banner', async () => {
  const text = await show([task(1, 'Nothing'), { event: 'result', task: 1, ...result('node1', 'skipped') }])
  assert.is(text, '')
})

test('a task shows its banner again when another came between', async () => {
  const text = lines(
    await show([
      task(1, 'One'),
      task(2, 'Two'),
      { event: 'result', task: 1, ...result('node1', 'ok') },
      { event: 'result', task: 2, ...result('node1', 'ok') },
      { event: 'result', task: 1, ...result('node2', 'ok') },
    ]),
  )
  assert.equal(
    text.filter((line) => line.startsWith('TASK')),
    ['TASK [One] ***', 'TASK [Two] ***', 'TASK [One] ***'],
  )
})

test('a task that takes long shows its name before it has a result', async () => {
  let text = ''
  const stream = { write: (part: string, done?: () => void) => ((text += part), done?.(), true) }
  const report = await createReport('plain', { verbosity: 0, stream, color: false })
  for (const event of [task(1, 'Long'), { event: 'start', task: 1, host: 'node1' } as const])
    report.emit({ time: 0, ...event } as Event)
  assert.is(text, '')
  await new Promise((resolve) => setTimeout(resolve, 1200))
  assert.match(text, /TASK \[Long\]/)
  await report.close()
})

test('a task that is over before its name was shown is not named later; a name that stands alone gets its line', async () => {
  let text = ''
  const stream = { write: (part: string, done?: () => void) => ((text += part), done?.(), true) }
  const report = await createReport('plain', { verbosity: 0, stream, color: false, width: 60 })
  const emit = (event: Plain) => report.emit({ time: 0, ...event } as Event)
  const skipped = (id: number): Plain => ({ event: 'result', task: id, ...result('node1', 'skipped', { message: 'no' }) })
  emit(task(1, 'Quick', { hosts: ['node1'] }))
  emit({ event: 'start', task: 1, host: 'node1' })
  emit(skipped(1))
  emit(task(2, 'Slow', { hosts: ['node1'] }))
  emit({ event: 'start', task: 2, host: 'node1' })
  await new Promise((resolve) => setTimeout(resolve, 1200))
  emit(skipped(2))
  await report.close()
  assert.equal(lines(text), ['', 'TASK [Slow] ***', 'skipping: [node1] => no', ''])
})

test('a host that could not be reached says so, also when that is ignored', async () => {
  const away = { message: 'node1: no route', result: { unreachable: true } }
  const text = await show([
    task(1, 'Go'),
    { event: 'result', task: 1, ...result('node1', 'unreachable', away) },
    { event: 'result', task: 1, ...result('node2', 'ignored', away) },
  ])
  assert.equal(lines(text).slice(2).filter((line) => !line.startsWith(' ')), [
    'fatal: [node1]: UNREACHABLE! => node1: no route',
    'fatal: [node2]: UNREACHABLE! => node1: no route',
    '...ignoring',
    '',
  ])
})

test('failed items are told once, and what is ignored says so', async () => {
  const item = (label: string, status: 'ok' | 'failed' | 'ignored', message?: string): Plain => ({
    event: 'item',
    task: 1,
    item: label,
    label,
    ...result('node1', status, message ? { message } : {}),
  })
  const text = lines(
    await show([
      task(1, 'Loop'),
      item('a', 'ok'),
      item('b', 'failed', 'no such file'),
      { event: 'result', task: 1, items: 2, ...result('node1', 'ignored', { message: 'one of 2 items failed' }) },
    ]),
  )
  assert.equal(text.slice(2), [
    'ok: [node1] => (item=a)',
    'failed: [node1] (item=b) => no such file',
    '    at site.yaml:11',
    '...ignoring',
    '',
  ])
})

test('no_log hides everything but the status', async () => {
  const hidden = {
    censored: true,
    message: 'hidden-one',
    result: { stdout: 'hidden-two' },
    changes: [{ summary: 'hidden-three', diff: '+hidden-four' }],
  }
  const events: Plain[] = [
    task(1, 'Quiet'),
    { event: 'result', task: 1, ...result('node1', 'failed', hidden) },
    { event: 'result', task: 1, ...result('node2', 'changed', hidden) },
  ]
  for (const verbosity of [0, 1, 4]) {
    const text = await show(events, verbosity)
    assert.not.match(text, /hidden-/)
    assert.match(text, /no_log/)
  }
})

test('what a host says can not steer the terminal', async () => {
  const evil = '\u001b]0;title\u0007\u001b[2J\u001b[31mred\u001b[0m\u0000\u009b5m 10%\r 99%\r\n\u202edone'
  const text = await show(
    [
      task(1, 'Evil \u001b[2J'),
      { event: 'item', task: 1, item: evil, label: evil, ...result('node1', 'ok') },
      { event: 'result', task: 1, ...result('node1', 'failed', { message: evil, result: { stderr: evil, stdout: evil } }) },
    ],
    2,
  )
  assert.not.match(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
  assert.match(text, /99%/)
  assert.not.match(text, /10%/)
})

test('a play without hosts, a batch and messages of the end', async () => {
  const end: Plain = {
    event: 'end',
    exit: 99,
    ms: 1,
    hosts: { a: recap() },
    round_trips: 0,
    interrupted: true,
    message: 'all is lost',
  }
  const text = lines(await show([{ event: 'play', play: '', id: 1, name: 'P', hosts: [], serial: { batch: 2, of: 3 } }, end]))
  assert.ok(text.includes('PLAY [P] (batch 2 of 3) ***'))
  assert.ok(text.includes('skipping: no hosts matched'))
  assert.ok(text.includes('ERROR! all is lost'))
  assert.ok(text.some((line) => line.startsWith('INTERRUPTED')))
})

test('colours: the same text, painted', async () => {
  const painted = await show(story(), 1, true)
  assert.match(painted, /\u001b\[0;33mchanged: \[node1\]/)
  assert.match(painted, /\u001b\[0;32m\+new/)
  assert.is(painted.replace(/\u001b\[[\d;]+m/g, ''), await show(story(), 1))
})

test.run()
