import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { definedWhenTrue, references } from '../../src/template/index.ts'

/** `a.b!` is a guarded reference. */
const cases: [mode: 'template' | 'expression', text: string, expected: string][] = [
  ['template', 'no names', ''],
  ['template', '{{ a }} {{ b.c.d }}', 'a b.c.d'],
  ['template', "{{ a['x'].y }} {{ a[0].z }} {{ a[i].z }}", 'a.x.y a.0.z i a'],
  ['template', '{{ a | default(b) }}', 'a! b'],
  ['template', '{{ a.b | d("x") }}', 'a.b!'],
  ['template', '{{ (a | upper) | default("x") }}', 'a'],
  ['template', '{{ a.split(b) }}', 'a b'],
  ['template', '{% for x in xs %}{{ x.y }}{{ loop.index }}{{ z }}{% endfor %}{{ x }}', 'xs z x'],
  ['template', '{% for k, v in d.items() if v %}{{ k }}{% endfor %}', 'd'],
  ['template', '{% set x = y %}{{ x }}', 'y'],
  ['template', '{% set x %}{{ y }}{% endset %}{{ x }}', 'y'],
  ['template', '{% macro m(a, b=c) %}{{ a }}{{ b }}{{ varargs }}{{ o }}{% endmacro %}{{ m(1) }}', 'c o'],
  ['template', '{% if a is defined %}{{ a.b }}{{ c }}{% else %}{{ a }}{% endif %}', 'a! a.b! c a'],
  ['template', '{% if a is not defined %}{{ a }}{% else %}{{ a }}{% endif %}', 'a! a a!'],
  ['template', '{{ a.b if a is defined else c }}', 'a! a.b! c'],
  ['template', '{{ range(3) }}{{ lookup("env", x) }}{{ omit }}{{ now() }}', 'x'],
  ['template', '{% with a = b %}{{ a }}{% endwith %}', 'b'],
  ['template', '{% import "x" as m %}{{ m.f(a) }}', 'a'],
  ['template', '{{ {"k": a, b: 1} }}{{ [c, (d, e)] }}', 'a b c d e'],
  ['expression', 'a == 1 and b.c', 'a b.c'],
  ['expression', 'a is defined and a.b == c', 'a! a.b! c'],
  ['expression', 'a is not defined or a.b', 'a! a.b!'],
  ['expression', 'not (a is undefined) and a', 'a! a!'],
  ['expression', 'a.b is defined or a.b', 'a.b! a.b'],
  ['expression', "a is defined and b and a in c", 'a! b a! c'],
  ['expression', 'a in [b, c] and d is version(e, ">")', 'a b c d e'],
  ['expression', '{{ a }} == 1', 'a'],
]

for (const [mode, text, expected] of cases) {
  test(`${mode}: ${text}`, () => {
    const found = references(text, mode)
    assert.ok(found.ok)
    const names = found.ok ? found.names.map((name) => name.path.join('.') + (name.guarded ? '!' : '')).join(' ') : ''
    assert.is(names, expected)
  })
}

test('positions', () => {
  const found = references('one\n  {{ a.b + c }}', 'template')
  assert.equal(found.ok && found.names.map(({ line, column }) => [line, column]), [[2, 6], [2, 12]])
})

test('a text that can not be parsed gives the error', () => {
  const found = references('{{ a + }}', 'template')
  assert.ok(!found.ok && /expected an expression/.test(found.error.message))
})

test('names a condition proves to be defined', () => {
  assert.equal(definedWhenTrue('a is defined and b.c is defined and d'), ['a', 'b'])
  assert.equal(definedWhenTrue('a is defined or b is defined'), [])
  assert.equal(definedWhenTrue('not a is undefined'), ['a'])
})

test.run()
