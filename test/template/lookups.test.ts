import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createTemplar } from '../../src/template/index.ts'
import { scopeOf } from './scope.ts'

const templar = createTemplar()

// Expected values are those ansible-core 2.19 gives for the same text.
const cases: [template: string, expected: unknown, variables?: Record<string, unknown>][] = [
  ["{{ lookup('items', [1,2,3]) }}", [1, 2, 3]],
  ["{{ query('items', [1,2]) }}", [1, 2]],
  ["{{ lookup('sequence', 'start=1 end=3') }}", "1,2,3"],
  ["{{ query('sequence','count=3 format=h%02d') }}", ["h01", "h02", "h03"]],
  ["{{ query('dict', {'a':1}) }}", [{"key": "a", "value": 1}]],
  ["{{ query('nested', [1,2],[3]) }}", [[1, 3], [2, 3]]],
  ["{{ query('together',[1,2],[3]) }}", [[1, 3], [2, null]]],
  ["{{ query('indexed_items',['a','b']) }}", [[0, "a"], [1, "b"]]],
  ["{{ lookup('dict', {'a':1}) }}", {"key": "a", "value": 1}],
  ["{{ lookup('list', [1,2]) }}", [1, 2]],
  ["{{ query('list', 1, 2) }}", [1, 2]],
  ["{{ lookup('sequence', '0-4/2', wantlist=true) }}", ["0", "2", "4"]],
  ["{{ query('subelements', [{'a':[1,2]}], 'a') }}", [[{}, 1], [{}, 2]]],
  ["{{ query('sequence','end=0 start=2 stride=-1') }}", ["2", "1", "0"]],
  ["{{ lookup('vars', 'a') }}", 5, {"a": "{{ zz1 }}", "zz1": 5, "zz2": 6}],
  ["{{ lookup('vars', 'nope', default='d') }}", "d", {"a": "{{ zz1 }}", "zz1": 5, "zz2": 6}],
  ["{{ query('varnames', '^zz') }}", ["zz1", "zz2"], {"a": "{{ zz1 }}", "zz1": 5, "zz2": 6}],
  ["{{ lookup('vars', 'a') }} {{ lookup('vars', 'nope', default='d') }} {{ query('varnames', '^zz') }}", "5 d ['zz1', 'zz2']", {"a": "{{ zz1 }}", "zz1": 5, "zz2": 6}],
]

for (const [template, expected, variables] of cases) {
  test(template, () => {
    assert.equal(templar.resolve(template, scopeOf(variables ?? {})), expected)
  })
}

test.run()
