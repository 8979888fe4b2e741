import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createJournal } from '../../src/report/index.ts'

const directory = mkdtempSync(join(tmpdir(), 'journal-'))
test.after(() => rmSync(directory, { recursive: true, force: true }))

test('a run is kept in a file that only its owner can read', () => {
  const journal = createJournal(join(directory, '.aarun'))
  journal.emit({ time: 1, event: 'prompt', message: 'one' })
  journal.emit({ time: 2, event: 'prompt', message: 'two' })
  journal.close()
  assert.is(statSync(journal.path ?? '').mode & 0o777, 0o600)
  assert.is(readFileSync(journal.path ?? '', 'utf8').split('\n').length, 3)
  assert.is(readFileSync(join(directory, '.aarun', '.gitignore'), 'utf8'), '*\n')
})

test('the last 20 runs are kept, and other files are left alone', () => {
  const runs = join(directory, '.aarun', 'runs')
  for (let day = 10; day < 40; day += 1) writeFileSync(join(runs, `200001${day}T000000Z-1.ndjson`), '')
  writeFileSync(join(runs, 'notes.txt'), '')
  const journal = createJournal(join(directory, '.aarun'))
  journal.close()
  const names = readdirSync(runs)
  assert.is(names.filter((name) => name.endsWith('.ndjson')).length, 20)
  assert.ok(names.includes('notes.txt'))
  assert.not.ok(names.includes('20000110T000000Z-1.ndjson'))
  assert.ok(names.includes('20000139T000000Z-1.ndjson'))
})

test('a run does not fail for its journal', () => {
  writeFileSync(join(directory, 'file'), '')
  const journal = createJournal(join(directory, 'file'))
  journal.emit({ time: 1, event: 'prompt', message: 'one' })
  journal.close()
  assert.is(journal.path, undefined)
})

test.run()
