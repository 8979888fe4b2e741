import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createTemplar, type TemplateError, type RenderOptions } from '../../src/template/index.ts'
import { scopeOf } from './scope.ts'

const templar = createTemplar()
const files: Record<string, string> = {
  'inc.j2': 'inc {{ x }} {{ local | default("-") }}\n',
  'macros.j2': '{% macro hi(n) %}hi {{ n }} {{ x }}{% endmacro %}{% set answer = 42 %}',
  'base.j2': 'A{% block one %}base one{% endblock %}B{% block two %}base two{% endblock %}C\n',
  'middle.j2': '{% extends "base.j2" %}{% block one %}middle({{ super() }}){% endblock %}',
  'self.j2': '{% include "self.j2" %}',
}
const loader: RenderOptions['loader'] = (name) => (Object.hasOwn(files, name) ? { text: files[name]!, file: name } : undefined)
const render = (text: string, options: RenderOptions = {}) => templar.render(text, scopeOf({ x: 'X', list: [1, 2] }), { loader, ...options })

const cases: [text: string, expected: string, options?: RenderOptions][] = [
  ['plain\n', 'plain\n'],
  ['plain\n', 'plain', { keepTrailingNewline: false }],
  ['{{ x }}\n', 'X\n'],
  ['{{ x }}\n', 'X', { keepTrailingNewline: false }],
  ['{{ list }}', '[1, 2]'],
  ['{% for i in list %}\n- {{ i }}\n{% endfor %}\nend\n', '- 1\n- 2\nend\n'],
  ['{% for i in list %}\n- {{ i }}\n{% endfor %}\nend\n', '\n- 1\n\n- 2\n\nend\n', { trimBlocks: false }],
  ['  {% if true %}\n  a\n  {% endif %}\nb\n', '    a\n  b\n'],
  ['  {% if true %}\n  a\n  {% endif %}\nb\n', '  a\nb\n', { lstripBlocks: true }],
  ['a {% if true %}b{% endif %}\n', 'a b\n', { lstripBlocks: true }],
  ['#jinja2: lstrip_blocks: True\n  {% if true %}\n  a\n  {% endif %}\nb\n', '  a\nb\n'],
  ['#jinja2: trim_blocks:False, lstrip_blocks: True\n{% if true %}\na\n{% endif %}\n', '\na\n'],
  ['#jinja2: trim_blocks:False\n{{ x }}\n', 'X\n'],
  ["{{ 'a\\nb' }}", 'a\nb'],
  ["{{ 'ab' | regex_replace('(a)', '\\\\1x') }}", 'axb'],
  ["<{% include 'inc.j2' %}>", '<inc X ->'],
  ["{% set local = 'L' %}<{% include 'inc.j2' %}>", '<inc X L>'],
  ["{% set local = 'L' %}<{% include 'inc.j2' without context %}>", '<inc X ->'],
  ["<{% include 'none.j2' ignore missing %}>", '<>'],
  ["<{% include ['none.j2', 'inc.j2'] %}>", '<inc X ->'],
  ["{% import 'macros.j2' as m %}{{ m.hi('you') }} {{ m.answer }}", 'hi you X 42'],
  ["{% from 'macros.j2' import hi, answer as a with context %}{{ hi('me') }} {{ a }}", 'hi me X 42'],
  ["{% extends 'base.j2' %}{% block two %}two {{ x }}{% endblock %}ignored", 'Abase oneBtwo XC'],
  ["{% extends 'base.j2' %}{% block one %}[{{ super() }}]{% endblock %}", 'A[base one]Bbase twoC'],
  ["{% extends 'middle.j2' %}{% block one %}[{{ super() }}]{% endblock %}", 'A[middle(base one)]Bbase twoC'],
  ['{% block b %}x{% endblock b %}y', 'xy'],
  ['{{ none }}|{{ true }}|{{ 1.5 }}', '|True|1.5'],
  ['{%- if true -%}  a  {%- endif %}\n', 'a\n'],
  ['a\r\n{% if true %}\r\nb\r\n{% endif %}\r\nc\r\n', 'a\r\nb\r\nc\r\n'],
  ['{% raw %}{{ x }}{% endraw %}\n', '{{ x }}\n'],
  ['é {{ "ü" }} 😀\n', 'é ü 😀\n'],
]

for (const [text, expected, options] of cases) {
  test(JSON.stringify(text), () => assert.is(render(text, options), expected))
}

test('errors have the file and the position in it', () => {
  try {
    templar.render('#jinja2: lstrip_blocks: True\nok\n  {{ nope }}\n', scopeOf({}), { file: 'a.j2' })
    assert.unreachable()
  } catch (error) {
    const { file, line, column } = error as TemplateError
    assert.equal([file, line, column], ['a.j2', 3, 6])
  }
  try {
    render("{% include 'bad.j2' %}", { loader: () => ({ text: 'x\n{{ nope }}', file: 'bad.j2' }) })
    assert.unreachable()
  } catch (error) {
    assert.equal([(error as TemplateError).file, (error as TemplateError).line], ['bad.j2', 2])
  }
})

test('a missing or endless include is an error', () => {
  assert.throws(() => render("{% include 'none.j2' %}"), /there is no template 'none.j2'/)
  assert.throws(() => render("{% include 'self.j2' %}"), /recursive/)
  assert.throws(() => render('#jinja2: nope: True\n{{ x }}'), /unknown option 'nope'/)
})

test.run()
