/** What is said of a deployment.toml: keys that no rule reads, and what stops the product. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import fc from 'fast-check'
import type { Finding } from '../../src/product/index.ts'
import { smallPack, withTemplate } from './small-pack.ts'

const pack = smallPack()
const short = ({ line, column, kind, path, nearest }: Finding) => [`${line}:${column}`, kind, path, ...(nearest === undefined ? [] : [nearest])].join(' ')
const lint = (toml: string) => pack.lint(toml).map(short)
/** The keys of these that a template reads, alone. */
const read = (template: string, toml: string, rules?: Record<string, unknown>) => withTemplate(template, rules).lint(toml).map(({ path }) => path)

test('a key that nothing reads: place, release, and the key that was probably meant', () => {
  assert.equal(lint('[shop]\nname = "x"\n  nmae = "y"\n'), ['3:3 unread shop.nmae shop.name'])
  assert.is(pack.lint('[shop]\nzzzzzz = 1')[0]!.message, 'shop.zzzzzz is read by nothing in Bread Server v1.2.0')
  assert.equal(lint('[oven]\nheet = 1\n[ovne]\nheat = 1'), ['2:1 unread oven.heet oven.heat', '4:1 unread ovne.heat oven.heat'])
})

test('every way of a template to read a key counts', () => {
  for (const [template, key] of [
    ['{{ a.b }}', 'a.b'],
    ['{% if a.b is defined %}x{% endif %}', 'a.b'],
    ['{% if x == "1" %}{% elif a.b %}{% endif %}', 'a.b'],
    ['{% if !x && a.b == "c" %}{% endif %}', 'a.b'],
    ['{{ "y" if a.b }}{{ a.b ? 1 : 2 }}', 'a.b'],
    ['{{ a["b"] }}', 'a.b'],
    ['{{ a.get("b") }}', 'a.b'],
    ['{{ a.b | default("x") }}', 'a.b'],
    ['{{ x | default(a.b) }}', 'a.b'],
    ['{% set c = a.b %}', ''],
    ['{% set c = a.b %}{{ c }}', 'a.b'],
    ['{% set c = a %}{{ c.b }}', 'a.b'],
    ['{% set c = a or {} %}{{ c.b }}', 'a.b'],
    ['{% for x in a.b %}{% endfor %}', 'a.b'],
    ['{% for k, v in a.items() %}{{ k }}{% endfor %}', 'a.b'],
    ['{% for v in a %}{{ v }}{% endfor %}', 'a.b'],
    ['{% macro m(key) %}{{ a[key] }}{% endmacro %}{{ m("b") }}', 'a.b'],
    ['{% macro m(key) %}{{ a[key] }}{% endmacro %}{{ m("c") }}', ''],
    ['{{ a[x] }}', 'a.b'],
    ['{% do l.append(a.b) %}', 'a.b'],
    ['{{ x.split(a.b) }}', 'a.b'],
    ['{{ [a.b] }}{{ {"k": a.b} }}{{ a.b ~ "x" }}', 'a.b'],
    ['{% raw %}{{ a.b }}{% endraw %}{# a.b #}', ''],
    ['{{ a }}', ''],
    ['{{ a.b.c }}', ''],
  ] as const) assert.equal(read(template, 'a.b = 1'), key === '' ? ['a.b'] : [], template)
})

test('tables of a list', () => {
  const loop = '{% for x in a.list %}{{ x.name }}{% for y in x.more %}{{ y.size }}{% endfor %}{% for k, v in x.any.items() %}{{v}}{% endfor %}{% endfor %}'
  assert.equal(read(loop, '[[a.list]]\nname = "x"\nnaem = "y"\n[[a.list.more]]\nsize = 1\nbig = 2\n[[a.list]]\nnaem = "z"\nany.thing = 3\n'), ['a.list.naem', 'a.list.more.big'])
  assert.equal(read('{{ a.list[0].name }}', '[[a.list]]\nname = "x"\nother = "y"'), ['a.list.other'])
  assert.equal(read(loop, 'a.list = [{ name = "x", other = 1 }]'), ['a.list.other'])
})

test('a table where a list of tables is read, and the other way round', () => {
  const found = pack.lint('[bakers]\nname = "x"\n[[oven]]\nheat = 1')
  assert.equal(found.map(short), ['2:1 table bakers.name', '4:1 table oven.heat'])
  assert.equal(found.map(({ message }) => message), [
    'bakers.name is read by nothing: bakers is a list of tables, written [[bakers]]',
    'oven.heat is read by nothing: oven is one table, written [oven]',
  ])
})

test('a name with dots that wants quotes', () => {
  assert.equal(lint("[oven.extras]\n'lamp.power' = 3\nfan = 1"), [])
  assert.equal(lint('[oven.extras]\nlamp.power = 3'), ["2:1 quote oven.extras.lamp.power oven.extras.'lamp.power'"])
})

test('other names of keys count where they lead to something that is read', () => {
  assert.equal(lint('[oven]\nheat = 1\nsides = 2\n[[bakers]]\nnick_name = "A"\n'), [])
  assert.equal(lint('[old]\nname = 1\n'), ['2:1 unread old.name'])
})

test('what follows from a value, and what references read, is read', () => {
  assert.equal(lint('[shop]\nkind = "kiosk"\nsize = "big"\n[store.attic]\ntype = "x"\n[town]\nname = "T"\n'), [])
  assert.equal(lint('[my]\nhost = "h"\nport = 1\n[shop]\nname = "$ref{my.host}"\n'), ['3:1 unread my.port'])
  assert.equal(lint('[shop]\ncolour = "red"\nunchecked = "x"\n'), ['3:1 unread shop.unchecked'])
})

test('what is no TOML is told with its place, and only that', () => {
  assert.equal(lint('[shop]\nname = \n'), ['2:1 syntax '])
  assert.equal(lint('[shop]\nname = "a"\nname = "b"\n').length, 1)
})

test("TOML that the product's older parser refuses", () => {
  for (const [value, place, message] of [
    ['[1, "x"]', '2:11', 'the product reads no list of whole numbers and texts'],
    ['[1, 2.5]', '2:11', 'the product reads no list of whole numbers and decimal numbers'],
    ['{ a = 1, }', '2:7', 'the product reads no comma before }'],
    ['{ a = 1,\n b = 2 }', '2:7', 'the product reads no table in { } over several lines'],
    ['[{ a = [], b = 2 }]', '2:14', 'the product reads no [] in { }: write a [section]'],
    ['{ a = [[1], []] }', '2:19', 'the product reads no [] in { }: write a [section]'],
    ['"a\\eb"', '2:7', 'the product knows neither \\e nor \\x in a text'],
  ] as const) {
    const [found] = pack.lint(`[oven.extras]\nfan = ${value}`).filter(({ kind }) => kind === 'syntax')
    assert.equal([`${found?.line}:${found?.column}`, found?.message], [place, message], value)
    assert.throws(() => pack.render(`[oven.extras]\nfan = ${value}`), (error: Error) => error.message === message)
  }
  assert.match(pack.lint('\uFEFF[shop]\nname = "x"')[0]!.message, 'byte order mark')
  for (const fine of ['[1, 2, # c\n 3,\n]', '[[1], ["x"]]', '{ a = 1, b = [2] }', '[[], [1]]', '"a\\\\e"', "'a\\e'", '[]', '1979-05-27T07:32:00Z']) assert.equal(lint(`[oven.extras]\nfan = ${fine}`), fine.startsWith('{') ? ["2:9 quote oven.extras.fan.a oven.extras.'fan.a'", "2:16 quote oven.extras.fan.b oven.extras.'fan.b'"] : [], fine)
})

test('a table behind its sub-table', () => {
  const order = (toml: string) => pack.lint(toml).filter(({ kind }) => kind === 'syntax').map(({ line, column, message }) => `${line}:${column} ${message}`)
  const late = (table: string, below: string) => `[${table}] must stand before [${below}]: the product does not start with a table behind its sub-table`
  assert.equal(order('[a.b.c]\nx = 1\n[d]\n[a.b]\ny = 1\n'), [`4:2 ${late('a.b', 'a.b.c')}`])
  assert.equal(order('[[a.list]]\nx = 1\n[a]\ny = 1\n'), [`3:2 ${late('a', 'a.list')}`])
  assert.equal(order('[[a]]\n[a.b.c]\nx = 1\n[a.b]\ny = 1\n'), [`4:2 ${late('a.b', 'a.b.c')}`])
  assert.equal(order('[a]\n[a.b]\n[[l]]\n[l.x.y]\n[[l]]\n[l.x]\n[a.c]\n'), [])
})

test('[secrets] comes last, and has the aliases that are used', () => {
  assert.equal(lint('[secrets]\na = "[x]"\n[shop]\npassword = "$secret{a}"\n'), ['1:2 secrets-last secrets'])
  assert.equal(lint('[shop]\npassword = "$secret{a}"\n[secrets]\na = "[x]"\nb = "[y]"\n'), [])
  assert.equal(lint('[shop]\npassword = "$secret{b}"\n[secrets]\na = "[x]"\n'), ['2:1 secret shop.password'])
})

test('what stops the mapper: references to nothing, rules, times', () => {
  assert.equal(lint('[shop]\nname = "$ref{no.where}"\n'), ['2:1 reference shop.name'])
  assert.equal(lint('[shop]\nkind = "market"\ncolour = "blue"\n'), ['3:1 rule shop.colour'])
  assert.equal(lint('[oven]\nrest = "soon"\n'), ['2:1 rule oven.rest'])
})

test('a key that a default for the whole table replaces', () => {
  const found = (name: string) => withTemplate('{% for k, v in table.items() %}{{ v }}{% endfor %}', { default: { table: { a: 'x' } } }).lint(`table.${name} = 1`).map(short)
  // By the order of the hashes one comes before the table, and one behind it.
  assert.equal([found('b'), found('c')], [['1:1 lost table.b'], []])
})

test('values that come from no file', () => {
  const unread = (values: Record<string, unknown>) => pack.unread(values).map(({ path, nearest }) => [path, nearest])
  assert.equal(unread({ shop: { name: 'x', nam: 'y' }, 'oven.heat': 1, "oven.extras.'a.b'": 2, bakers: [{ name: 'A' }, { nam: 'B' }] }), [['shop.nam', 'shop.name'], ['bakers.nam', 'bakers.name']])
  assert.equal(unread({ secrets: { x: 'y' } }), [])
})

test('exactly the keys that are taken out of a template are found', () => {
  const key = fc.stringMatching(/^[a-z]{3,6}$/)
  const keys = fc.uniqueArray(fc.tuple(key, key), { selector: (pair) => pair.join('.'), minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(keys, fc.infiniteStream(fc.boolean()), (list, stays) => {
      const kept = list.map((names) => ({ path: `t${names[0]}.k${names[1]}`, read: stays.next().value as boolean }))
      const template = kept.filter(({ read: is }) => is).map(({ path }, i) => (i % 2 === 0 ? `{{ ${path} }}` : `{% if ${path} is defined %}x{% endif %}`)).join('\n')
      const toml = kept.map(({ path }) => `${path} = 1\n`).join('')
      assert.equal(read(template, toml), kept.filter(({ read: is }) => !is).map(({ path }) => path))
    }),
    { numRuns: 60 },
  )
})

test.run()
