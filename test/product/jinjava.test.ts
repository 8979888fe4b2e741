/** Templates as jinjava renders them: each expectation was seen with jinjava 2.5.6 and 2.6.0. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { parse, render } from '../../src/product/jinjava/render.ts'
import type { Table, Value } from '../../src/product/jinjava/value.ts'

const variables: Table = new Map<string, Value>([
  ['t', true], ['f', false], ['n', 5n], ['zero', 0n], ['d', 4000], ['word', 'x'], ['empty', ''], ['no', 'false'],
  ['l', [1n, 2n, 3n]], ['none_in', []],
  ['m', new Map<string, Value>([['k1', 'v1'], ['k2', true], ['k.3', 7n]])],
  ['ls', [new Map<string, Value>([['n', 'one'], ['u', ['p', 'q']]]), new Map<string, Value>([['n', 'two']])]],
  ['s', 'a&b<c>"\''],
])
const made = (text: string) => render(parse({ text }), variables)

const cases: Record<string, [template: string, text: string][]> = {
  'blanks before a tag go anywhere, a newline behind it too': [
    ['x {% if t %}y{% endif %} z', 'xy z'],
    ['x\n{% if t %}\n  y\n  {% endif %}\nz\n', 'x\n  y\nz\n'],
    ['A\n    {% for i in l %}\n    <i>{{i}}</i>\n    {% endfor %}\nE\t{% if t %}\tF{% endif %}\n', 'A\n    <i>1</i>\n    <i>2</i>\n    <i>3</i>\nE\tF'],
    ['a  {# c #}\nb', 'a  \nb'],
    ['\n\n{% if t %}\n\n\nq{% endif %}\n', '\n\n\n\nq'],
    ['{% raw %} {{ x }} {% endraw %}\nb\n', ' {{ x }}b\n'],
  ],
  'a minus trims around tags, not around values': [
    ['a {%- if t -%}  c  {%- endif -%}  d', 'acd'],
    ['a \n {{- word -}} \n c', 'a \n x \n c'],
    ['a\n{%- if t %}\n b\n{%- else -%}\n c\n{%- endif -%}\n d', 'a bd'],
    ['{% if f %}\n {%- else -%}\n   <R>x{% endif %}', '   <R>x'],
    ['{% if f -%} q{% else -%}\n  r{% endif %}|', '  r|'],
    ['a {%- set x = 1 -%}\n  b', 'a  b'],
    ['{{ -n }}', '5'],
  ],
  'what is not there is nothing': [
    ['{{ gone }}{{ gone.deep.er }}{{ word.x }}{{ l[9] }}|', '|'],
    ['{% for k, v in gone.items() %}{{k}}{% endfor %}{{ gone.toList()|join(",") }}|', '|'],
    ['{% if gone is defined %}1{% endif %}{% if empty is defined %}2{% endif %}{% if m["gone"] is not defined %}3{% endif %}', '23'],
    ["{{ gone | default('d') }} {{ empty | default('d') }} {{ empty|default('q', true) }} {{ f | default(true) }}", 'd  q false'],
    ["{{ 'y' if f }}{{ gone|string|lower }}", 'null'],
  ],
  'values as Java writes them': [
    ['{{ t }} {{ zero }} {{ d }} {{ l }} {{ m }} {{ ls }}', 'true 0 4000.0 [1, 2, 3] {k1=v1, k2=true, k.3=7} [{n=one, u=[p, q]}, {n=two}]'],
    ['{{ s }} {{ s|e }}', 'a&b<c>"\' a&amp;b&lt;c&gt;&quot;&#39;'],
    ['{{ n + 1 }} {{ n / 2 }} {{ n // 2 }} {{ n % 2 }} {{ d + 1 }} {{ l + [4] }} {{ "a" + gone }} {{ n + "x" }}', '6 2.5 2 1 4001.0 [1, 2, 3, 4] anull 5x'],
    ['{{ {"zeta": 1, "b": 2} + {"alpha": 3, "b": 4} }}', '{zeta=1, b=4, alpha=3}'],
  ],
  'truth': [
    ["{% if no %}1{% endif %}{% if empty %}2{% endif %}{% if zero %}3{% endif %}{% if none_in %}4{% endif %}{% if n %}5{% endif %}{% if l %}6{% endif %}{% if 'False' %}7{% endif %}", '56'],
    ['{{ !t }} {{ !gone && t }} {{ t || f }} {{ t and word }} {{ f or word }} {{ gone or {} }} {{ t ? "y" : "n" }}', 'false true true true x {} y'],
    ['{% if !l.contains(9) %}1{% endif %}{% if not word == "x" %}2{% endif %}{% if word == "x" and not f %}3{% endif %}', '13'],
  ],
  'equal after conversion': [
    ["{% if n == '5' %}1{% endif %}{% if t == 'true' %}2{% endif %}{% if d == 4000 %}3{% endif %}{% if gone == '' %}4{% endif %}{% if gone == none %}5{% endif %}{% if no == false %}6{% endif %}{% if gone != 'x' %}7{% endif %}", '123567'],
    ['{% if t is sameas true %}1{% endif %}{% if no is sameas false %}2{% endif %}{% if f is sameas false %}3{% endif %}', '13'],
    ["{% if '?' in word %}1{% endif %}{% if 'x' in word %}2{% endif %}{% if 1 in l %}3{% endif %}{% if 'x' in gone %}4{% endif %}{% if n > '3' %}5{% endif %}", '235'],
  ],
  'loops': [
    ['{% for k,v in m.items() %}{{k}}={{v}};{% endfor %}{% for v in m %}{{v}};{% endfor %}', 'k1=v1;k2=true;k.3=7;v1;true;7;'],
    ['{% for i in word %}[{{i}}]{% endfor %}{% for i in l %}{{loop.index}}{{ "," if not loop.last }}{% endfor %}', '[x]1,2,3'],
    ["{% for o in ls %}{{o.n}}{% for z in o.u %}{{z}}{% else %}!{% endfor %};{% endfor %}", 'onep!q!;two;'],
    ['{{ m|join("+") }} {{ word|join("+") }} {{ gone|join("+") }}', 'v1+true+7 x '],
    ['{% set g = 1 %}{% for i in l %}{% set g = i %}{% endfor %}{{ g }}', '1'],
    ['{% set c = [] %}{% if c.append(1) %}yes{% endif %}{% do c.append(2) %}{{ c }} {{ c|length }}', 'yes[1, 2] 2'],
  ],
  'macros, methods, tests': [
    ["{% macro show(key) %}<{{ m[key] }}>{% endmacro %}{{ show('k1') }}{{ show('no') }}", '<v1><>'],
    ["{{ 'p:q'.split(':')[1] }} {{ 'p:q'.split(':')[7] }} {{ 'a.b'.split('.')|length }} {{ word.toUpperCase() }}", 'q  0 X'],
    ['{% if word is string %}1{% endif %}{% if l is sequence %}2{% endif %}{% if word is sequence %}3{% endif %}{% if m is mapping %}4{% endif %}', '124'],
  ],
  'ends that close nothing are skipped; what looks like a template is one': [
    ['{% endif %}x', 'x'],
    ['{% if t %}a{% else %}b{% endif %}{% else %}c{% endif %}d', 'acd'],
    ["{% set y = '{{ word }}' %}{{ y }}", 'x'],
    ['{{ "{{" }} $secret{x} {x}', '{{ $secret{x} {x}'],
  ],
}

for (const [name, list] of Object.entries(cases))
  test(name, () => {
    for (const [template, text] of list) assert.is(made(template), text, template)
  })

test('what jinjava refuses is an error with a place', () => {
  for (const [template, message] of [
    ['a\n{{ word.nosuch() }}', "the text 'x' has no method 'nosuch'"],
    ["a\n{% if n == 'x' %}{% endif %}", "'x' is no whole number, and is compared or counted as one"],
    ['a\n{% if t %}', "expected '{% endif %}' before the end of the template"],
    ['a\n{% nosuch %}', "unknown statement 'nosuch'"],
  ] as const) {
    const error = errorOf(() => made(template))
    assert.is(error.message, message)
    assert.is(error.line, 2)
  }
})

function errorOf(run: () => unknown): Error & { line?: number } {
  try {
    run()
  } catch (error) {
    return error as Error
  }
  throw new Error('no error')
}

test.run()
