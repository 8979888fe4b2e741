/** The laws hold for whole playbooks: check tells the truth and is harmless, a second run changes nothing. */
import fc from 'fast-check'
import { mkdirSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { treeHash } from '../tasks/harness/tree.ts'
import { play, project, type Ran } from './harness.ts'
import { lay, playbooks } from './made-playbooks.ts'

/** What was changed, task by task and item by item; failures too. */
function told(ran: Ran): string[] {
  return ran.events.flatMap((event) => {
    if (event.event === 'item') return [`${event.task} ${event.label} ${event.status}`]
    return event.event === 'result' ? [`${event.task} ${event.status} ${event.message ?? ''} ${event.changes.map((change) => change.summary)}`] : []
  })
}

test('check tells what apply does and changes nothing; after apply nothing is left to do', async () => {
  const property = fc.asyncProperty(playbooks, async (targets) => {
    const at = project()
    const tree = at.path('tree')
    mkdirSync(tree)
    try {
      const text = lay(targets, tree)
      const before = treeHash(tree)
      const check = await play(at, text, { check: true })
      assert.is(treeHash(tree), before, 'check mode changed something')
      assert.is(check.end.message, undefined)
      const unknown = check.results.find((result) => result.unknown)
      assert.is(unknown?.unknown, undefined)

      const done = await play(at, text)
      assert.equal(told(done), told(check))
      assert.is(treeHash(tree) !== before, done.changed.length > 0, 'changed says otherwise than the tree')

      const after = treeHash(tree)
      const again = await play(at, text)
      assert.equal(again.changed, [], JSON.stringify(again.results.flatMap((result) => result.changes)))
      assert.is(again.exit, done.exit)
      assert.is(treeHash(tree), after)
    } finally {
      at.remove()
    }
  })
  const seed = process.env.SEED ? { seed: Number(process.env.SEED) } : {}
  await fc.assert(property, { numRuns: Number(process.env.RUNS ?? 30), includeErrorInReport: true, ...seed })
})

test.run()
