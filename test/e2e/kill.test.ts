/**
 * Ended by SIGKILL at any moment and run again, aarun comes to the same end as a run that nobody disturbed.
 *
 * The undisturbed run is recorded with the time of each of its events. The others are killed at 20 points spread over
 * it, found again by event and delay, so that a busy machine does not move them.
 */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { whyNoPostgres } from '../tasks/database/servers.ts'
import { Bench, type Moment } from './kill/bench.ts'

const POINTS = 20

const missing = whyNoPostgres()
if (missing) throw new Error(`this suite needs PostgreSQL: ${missing}`)

const bench = await Bench.make()
let moments: Moment[] = []
let reference = ''

test('undisturbed: everything is made, handlers have run, a second run changes nothing', async () => {
  const project = bench.project('undisturbed')
  const first = await project.run()
  assert.is(first.exit, 0, first.text)
  moments = first.moments
  reference = await project.state()
  for (const host of ['one', 'two']) {
    for (const name of ['app.conf', 'peers.conf', 'deployment.toml']) assert.is(project.read(host, `running/${name}`), project.read(host, `conf/${name}`))
  }
  assert.match(reference, /40 tables, 40 rows/)
  const second = await project.run()
  assert.is(second.exit, 0, second.text)
  assert.equal(second.changed, [])
  assert.is(await project.state(), reference)
  project.remove()
})

for (let point = 0; point < POINTS; point++) {
  test(`killed at point ${point + 1} of ${POINTS}`, async () => {
    const last = moments.at(-1) as Moment
    const first = moments[0] as Moment
    const at = first.ms + ((point + 0.5) / POINTS) * (last.ms - first.ms)
    const event = moments.findLastIndex((moment) => moment.ms <= at)
    const project = bench.project(`killed-${point}`)
    const killed = await project.killAt(event, at - (moments[event] as Moment).ms)
    assert.is(killed.signal, 'SIGKILL', `the run was over before it could be killed: ${killed.text}`)
    // Every other time the next run comes at once: the host's lock lets it wait for what still goes on.
    if (point % 2 === 0) await project.settle()
    const left = await project.leftovers()
    const again = await project.run()
    const where = `killed after ${killed.last}, which left ${left || 'nothing'} beside`
    assert.is(again.exit, 0, `${where}: ${again.text}`)
    await project.settle()
    assert.is(await project.state(), reference, where)
    assert.is(await project.leftovers(), '', where)
    project.remove()
  })
}

test.after(async () => {
  await bench.remove()
})
test.run()
