import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { checkTemplate, createTemplar, TemplateError } from '../../src/template/index.ts'
import { scopeOf } from './scope.ts'

const templar = createTemplar()

const cases: [template: string, message: RegExp, line: number, column: number][] = [
  ["{{ 'a' | nosuchfilter }}", /unknown filter 'nosuchfilter'/, 1, 10],
  ['{{ 1 is nosuchtest }}', /unknown test 'nosuchtest'/, 1, 9],
  ["{{ lookup('nosuch') }}", /unknown lookup 'nosuch'/, 1, 4],
  ['{{ 1 + }}', /expected an expression, found the end/, 1, 8],
  ['{{ (1 }}', /unexpected '}'/, 1, 7],
  ['{% if %}x{% endif %}', /expected an expression/, 1, 7],
  ['a\n{% if 1 %}x', /expected '{% endif %}'/, 2, 4],
  ['{% foo %}', /unknown statement 'foo'/, 1, 4],
  ['{% endif %}', /unexpected '{% endif %}'/, 1, 4],
  ["{{ 'abc }}", /the string is never closed/, 1, 4],
  ['a\nb {{ x', /expected '}}'/, 2, 5],
  ['{# x', /comment is never closed/, 1, 1],
  ['{{ 1 / 0 }}', /division by zero/, 1, 6],
  ["{{ 'a' < 1 }}", /can not compare str with int/, 1, 8],
  ["{{ {'a':1}.nope() }}", /dict has no method 'nope'/, 1, 12],
  ['{{ [1,2] | first(3) }}', /takes no arguments/, 1, 12],
  ["{{ 'a' | replace('a', 'b', 1, 2) }}", /takes at most 3/, 1, 10],
  ["{{ 'a' | replace(x='a') }}", /has no argument 'x'/, 1, 10],
  ['{{ foo | upper }}', /'foo' is undefined/, 1, 4],
  ['{{ foo + 1 }}', /'foo' is undefined/, 1, 4],
  ['{{ [] | first }}', /the list is empty/, 1, 9],
  ['{{ foo | mandatory }}', /'foo' is undefined/, 1, 4],
  ["{{ undef('boo') }}", /boo/, 1, 4],
  ["{{ 'a' + 1 }}", /join text with '~'/, 1, 8],
  ['{{ a = 1 }}', /unexpected '='/, 1, 6],
  ['{{ a && b }}', /unexpected character "&"/, 1, 6],
  ['{% for x in 5 %}{% endfor %}', /int is not a list/, 1, 13],
  ['{% set a, b = [1] %}', /expected 2 values to unpack, got 1/, 1, 8],
  ["{% include 'x' %}", /can not be loaded here/, 1, 4],
  ["{{ ''.constructor }}", /constructor/, 1, 7],
  ["{{ [].constructor.constructor('return 1')() }}", /constructor/, 1, 7],
  ['{{ {}.__proto__ }}', /__proto__/, 1, 7],
  ["{{ {}['constructor'] }}", /constructor/, 1, 7],
  ['{{ [].length }}', /length/, 1, 7],
  ["{{ 'x'.toUpperCase() }}", /no method 'toUpperCase'/, 1, 8],
  ["{{ lookup.constructor('x') }}", /constructor/, 1, 11],
  ["{{ 'x' | from_json }}", /no valid JSON/, 1, 10],
  ["{{ 'x' | regex_search('(') }}", /no valid regular expression/, 1, 10],
]

for (const [template, message, line, column] of cases) {
  test(template, () => {
    try {
      templar.resolve(template, scopeOf({}))
    } catch (error) {
      assert.instance(error, TemplateError)
      const found = error as TemplateError
      assert.match(found.message, message)
      assert.equal([found.line, found.column], [line, column], found.message)
      return
    }
    assert.unreachable('expected an error')
  })
}

test('an error in the value of a variable names the variables on the way', () => {
  try {
    templar.resolve('{{ a }}', scopeOf({ a: 'x{{ b }}', b: '{{ 1 / 0 }}' }))
    assert.unreachable()
  } catch (error) {
    assert.equal((error as TemplateError).trail, ['a', 'b'])
    assert.is((error as TemplateError).excerpt, '{{ 1 / 0 }}')
  }
})

test('checkTemplate finds what is wrong without running', () => {
  const hint = (text: string, mode: 'template' | 'expression' = 'template') => checkTemplate(text, mode)?.hint
  assert.is(checkTemplate('{{ a | default(1) is string }}', 'template'), undefined)
  assert.is(checkTemplate('a is version("1", ">") and b | ansible.builtin.bool', 'expression'), undefined)
  assert.is(hint('{{ a | defualt(1) }}'), "did you mean 'default'?")
  assert.is(hint('a is defned', 'expression'), "did you mean 'defined'?")
  assert.is(hint("{% if a %}{{ lookup('fiel', 'x') }}{% endif %}"), "did you mean 'file'?")
  assert.is(hint("{{ a | map('uper') }}"), "did you mean 'upper'?")
  assert.is(hint("{{ a | selectattr('x', 'defind') }}"), "did you mean 'defined'?")
  assert.is(hint("{% macro m() %}{{ a | ansible.builtin.uper }}{% endmacro %}"), "did you mean 'upper'?")
  assert.is(hint('{% fro x in y %}{% endfor %}'), "did you mean 'for'?")
  assert.is(checkTemplate('{{ a | mine }}', 'template', { filters: ['mine'] }), undefined)
  assert.match(checkTemplate('a == ', 'expression')!.message, /expected an expression/)
  assert.match(checkTemplate('x: {{ a ', 'template')!.message, /expected '}}'/)
})

test.run()
