import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createTemplar } from '../../src/template/index.ts'
import { scopeOf } from './scope.ts'

const templar = createTemplar()

// Expected values are those ansible-core 2.19 gives for the same text.
const cases: [template: string, expected: unknown, variables?: Record<string, unknown>][] = [
  ["{% if true %}{{ [1] }}{% endif %}", [1]],
  ["{% if true %}x{% endif %}\ny\n", "xy\n"],
  ["  {% if true %}x{% endif %}\n", "  x\n"],
  ["{% set x='a\\nb' %}{{ x }}", "a\nb"],
  ["{% set x = [] %}\n{% for i in [1,2] %}\n{% set _ = x.append(i) %}\n{% endfor %}\n{{ x }}\n", [1, 2]],
  ["{% for i in [1,2,3] if i > 1 %}{{ loop.index }}{{ i }}{{ ',' if not loop.last }}{% else %}none{% endfor %}!", "12,23!"],
  ["{% for k, v in {'a':1,'b':2}.items() %}{{ k }}={{ v }};{% endfor %}", "a=1;b=2;"],
  ["{% macro m(a, b=2) %}[{{ a }}-{{ b }}]{% endmacro %}{{ m(1) }}{{ m(3, b=4) }}", "[1-2][3-4]"],
  ["{% macro m(a) %}<{{ caller() }}{{ a }}>{% endmacro %}{% call m(1) %}x{% endcall %}!", "<x1>!"],
  ["{% filter upper %}abc{{ 'd' }}{% endfilter %}.", "ABCD."],
  ["{% set ns = namespace(n=0) %}{% for i in [1,2] %}{% set ns.n = ns.n + i %}{% endfor %}n={{ ns.n }}", "n=3"],
  ["{% set x %}hi {{ 1 }}{% endset %}{{ x }}.", "hi 1."],
  ["{% raw %}{{ x }}{% endraw %}.", "{{ x }}."],
  ["{% with a=1, b=2 %}{{ a + b }}{% endwith %}.", "3."],
  ["a\n  {%- if true %} x {% endif -%}  \n b", "a x b"],
  ["a\n  {%+ if true %} x {% endif +%}\n b", "a\n   x \n b"],
  ["{% if x is defined and x %}y{% elif not x is defined %}n{% else %}z{% endif %}", "n"],
  ["{# c #}a{#- c -#}  b", "ab"],
  ["{% set d = {} %}{% set _ = d.update({'a': 1}) %}{% set _ = d.update(b=2) %}{{ d }}", {"a": 1, "b": 2}],
  ["{% set l = [3,1] %}{% set _ = l.append(2) %}{% set _ = l.extend([5]) %}{% set _ = l.insert(0, 9) %}{% set p = l.pop() %}{% set _ = l.sort() %}{% set _ = l.remove(9) %}{{ [l, p] }}", [[1, 2, 3], 5]],
  ["{% set d = {'a':1} %}{% set x = d.pop('a') %}{{ [d, x, d.pop('q', 7), d.setdefault('z', 1)] }}", [{"z": 1}, 1, 7, 1]],
  ["{% if 1 %}a{% elif 2 %}b{% else %}c{% endif %}", "a"],
  ["{% if 0 %}a{% elif 2 %}b{% else %}c{% endif %}x", "bx"],
  ["{% for a, (b, c) in [[1,[2,3]]] %}{{ a }}{{ b }}{{ c }}{% endfor %}-", "123-"],
  ["{% for i in [1,2,3] %}{{ loop.index }}/{{ loop.length }} {{ loop.revindex }} {{ loop.first }} {{ loop.last }} {{ loop.previtem | default('-') }} {{ loop.nextitem | default('-') }} {{ loop.cycle('x','y') }};{% endfor %}", "1/3 3 True False - 2 x;2/3 2 False False 1 3 y;3/3 1 False True 2 - x;"],
  ["{% for i in [1,1,2] %}{{ loop.changed(i) }} {% endfor %}.", "True False True ."],
  ["{% for i in [] %}x{% else %}empty{% endfor %}", "empty"],
  ["{% for i in [[1,[2,[]]]] recursive %}{{ i[0] }}{% if i[1] %}({{ loop([i[1]]) }}){% endif %}{% endfor %}.", "1(2)."],
  ["{% set a, b = [1, 2] %}{{ a }}-{{ b }}", "1-2"],
  ["{% set x = 1 %}{% for i in [1] %}{% set x = 2 %}{% endfor %}{{ x }}.", "1."],
  ["{% set x = 1 %}{% if true %}{% set x = 2 %}{% endif %}{{ x }}.", "2."],
  ["{% macro f(x, y='d') -%} {{ x }}{{ y }}{{ varargs }}{{ kwargs }} {%- endmacro %}{{ f(1, 2, 3, z=4) }}", "12[3]{'z': 4}"],
  ["{% macro f(n) %}{% if n > 0 %}{{ n }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(3) }}.", "321."],
  ["{% macro m() %}{{ caller('a') }}{{ caller('b') }}{% endmacro %}{% call(u) m() %}[{{ u }}]{% endcall %}", "[a][b]"],
  ["{% filter indent(2, true) | upper %}a\nb{% endfilter %}!", "  A\n  B!"],
  ["{% set t | trim | upper %}  x {% endset %}{{ t }}.", "X."],
  ["line\n{% if true %}\nyes\n{% endif %}\nend\n", "line\nyes\nend\n"],
  ["{% for i in [1,2] %}\n- {{ i }}\n{% endfor %}\n", "- 1\n- 2\n"],
  ["a {#- x -#} b {# y #} c", "ab  c"],
  ["{{ '{{' }} {{ '}}' }} {{ \"{% x %}\" }}", "{{ }} {% x %}"],
  ["{% for h in hosts %}{{ h }}{% if not loop.last %},{% endif %}{% endfor %}", "a,b", {"hosts": ["a", "b"]}],
  ["{% for i in range(5) %}{% if i == 1 %}{% continue %}{% endif %}{% if i == 3 %}{% break %}{% endif %}{{ i }}{% endfor %}.", "02."],
  ["{% do [] %}x", "x"],
]

for (const [template, expected, variables] of cases) {
  test(template, () => {
    assert.equal(templar.resolve(template, scopeOf(variables ?? {})), expected)
  })
}

test.run()
