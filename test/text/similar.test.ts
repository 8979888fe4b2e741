import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { didYouMean, editDistance, nearest } from '../../src/text/similar.ts'

const cases: [string, string[], string | undefined][] = [
  ['regster', ['register', 'retries'], 'register'],
  ['teh', ['the', 'ten'], 'the'],
  ['copi', ['copy', 'command'], 'copy'],
  ['When', ['when'], 'when'],
  ['xyzzy', ['copy', 'template'], undefined],
  ['a', ['b'], undefined],
  ['databse', ['database', 'databases'], 'database'],
]
for (const [word, candidates, expected] of cases)
  test(`${word}: ${expected}`, () => assert.is(didYouMean(word, candidates), expected))

test('a swap of neighbours is one edit', () => assert.is(editDistance('ab', 'ba'), 1))

test('nearest names', () => {
  assert.equal(nearest('postgres', ['postgresql', 'nginx', 'postgresql@15-main']), ['postgresql', 'postgresql@15-main'])
  assert.equal(nearest('abc', ['xyz']), [])
  assert.equal(nearest('a', ['b']), ['b'])
})

test.run()
