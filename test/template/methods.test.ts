import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createTemplar } from '../../src/template/index.ts'
import { scopeOf } from './scope.ts'

const templar = createTemplar()

// Expected values are those ansible-core 2.19 gives for the same text.
const cases: [template: string, expected: unknown, variables?: Record<string, unknown>][] = [
  ["{{ {'a':1}.items() }}", [["a", 1]]],
  ["{{ 'a,b,c'.split(',', 1) }}", ["a", "b,c"]],
  ["{{ 'a b  c'.split() }}", ["a", "b", "c"]],
  ["{{ 'abc'.startswith('a') }}", true],
  ["{{ 'abc'.find('c') }}", 2],
  ["{{ 'abc'.partition('b') }}", ["a", "b", "c"]],
  ["{{ 'a-b_c'.title() }}", "A-B_C"],
  ["{{ 'abc'.removeprefix('a') }}", "bc"],
  ["{{ 'aXbX'.rpartition('X') }}", ["aXb", "X", ""]],
  ["{{ ' a '.strip() }}", "a"],
  ["{{ '{0}{1}{0}'.format(1,2) }}", "121"],
  ["{{ a.get('q','d') }}", "d", {"a": {"x-y": 1}, "l": [5, 6]}],
  ["{{ a.get('z') }}", null, {"a": {"x-y": 1}, "l": [5, 6]}],
  ["{{ a['x-y'] }} {{ l.0 }} {{ l[0] }} {{ l[-1] }} {{ a.get('q','d') }} {{ a.get('z') }}", "1 5 5 6 d ", {"a": {"x-y": 1}, "l": [5, 6]}],
  ["{{ 'abc'.upper() }}", "ABC"],
  ["{{ 'ABC'.lower() }}", "abc"],
  ["{{ 'abc'.capitalize() }}", "Abc"],
  ["{{ 'a,b'.split(',') }}", ["a", "b"]],
  ["{{ 'abc'.index('b') }}", 1],
  ["{{ 'aabb'.count('a') }}", 2],
  ["{{ '-'.join(['a','b']) }}", "a-b"],
  ["{{ 'abc'.replace('b','x') }}", "axc"],
  ["{{ 'abc'.endswith('c') }}", true],
  ["{{ 'a.b.c'.rsplit('.', 1) }}", ["a.b", "c"]],
  ["{{ 'a\\tb'.expandtabs() }}", "a\\tb"],
  ["{{ 'abc'.isalpha() }}", true],
  ["{{ '12'.isdigit() }}", true],
  ["{{ 'a1'.isalnum() }}", true],
  ["{{ 'x'.center(5, '*') }}", "**x**"],
  ["{{ 'x'.rjust(3) }}", "  x"],
  ["{{ 'abc'.removesuffix('c') }}", "ab"],
  ["{{ 'ab'.swapcase() }}", "AB"],
  ["{{ 'xxaxx'.strip('x') }}", "a"],
  ["{{ 'xxaxx'.lstrip('x') }}", "axx"],
  ["{{ 'a'.startswith(('a','b')) }}", true],
  ["{{ [1,2,1].count(1) }}", 2],
  ["{{ [1,2].index(2) }}", 1],
  ["{{ {'a':1}.get('a') }}", 1],
  ["{{ {'a':1}.get('b', 'c') }}", "c"],
  ["{{ [1].copy() }}", [1]],
  ["{{ {'a':1}.copy() }}", {"a": 1}],
  ["{{ '{a[0]} {b[k]}'.format(a=[1], b={'k': 2}) }}", "1 2"],
  ["{{ '{{}}'.format(1) }}", "{}"],
  ["{{ '{!s:>3}'.format('a') }}", "  a"],
]

for (const [template, expected, variables] of cases) {
  test(template, () => {
    assert.equal(templar.resolve(template, scopeOf(variables ?? {})), expected)
  })
}

test.run()
