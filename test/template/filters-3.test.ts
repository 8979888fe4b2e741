import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createTemplar } from '../../src/template/index.ts'
import { scopeOf } from './scope.ts'

const templar = createTemplar()

// Expected values are those ansible-core 2.19 gives for the same text.
const cases: [template: string, expected: unknown, variables?: Record<string, unknown>][] = [
  ["{{ l | length }} {{ l[0] }} {{ l | first }} {{ l[-1] }}", "2 3 3 b", {"l": ["{{ v }}", "b"], "v": 3}],
  ["{{ d | dict2items }}", [{"key": "a", "value": 3}], {"d": {"a": "{{ v }}"}, "v": 3}],
  ["{{ d.items() | list }}", [["a", 3]], {"d": {"a": "{{ v }}"}, "v": 3}],
  ["{{ d | combine({'b': 2}) }}", {"a": 3, "b": 2}, {"d": {"a": "{{ v }}"}, "v": 3}],
  ["{{ d | dict2items }} {{ d.items() | list }} {{ d | combine({'b': 2}) }}", "[{'key': 'a', 'value': 3}] [['a', 3]] {'a': 3, 'b': 2}", {"d": {"a": "{{ v }}"}, "v": 3}],
  ["{{ (a | default({})).b | default('x') }}", "x"],
  ["{{ (a|d({})).get('b', 'y') }}", "y"],
  ["{{ (a | default({})).b | default('x') }} {{ (a|d({})).get('b', 'y') }}", "x y"],
  ["{{ 'x' | mandatory }}", "x"],
  ["{{ 'foo' | password_hash('sha512', 'mysalt') }}", "$6$mysalt$eN8dp08MqgXD10Rgr6OEvzfFM/qSlRfG.rL1K6TL1JeCgha9H4pxKXrvqzpcMzuBXbLe3rSsvXmFgcDOh9wks."],
  ["{{ 'foo' | password_hash('sha256', 'mysalt') }}", "$5$mysalt$qdppNu36bZZ3SCOvYzkEwoimV4xQARP88xZoPkv4fz/"],
]

for (const [template, expected, variables] of cases) {
  test(template, () => {
    assert.equal(templar.resolve(template, scopeOf(variables ?? {})), expected)
  })
}

test.run()
