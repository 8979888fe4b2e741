/** Where rendered files differ from what the rules make of a deployment.toml, and which key decides there. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Pack } from '../../src/product/index.ts'
import { statementsOf } from '../../src/product/drift/statements.ts'
import { smallPack, withTemplate } from './small-pack.ts'

/** The places, after an edit of a file as it was rendered. */
function drift(pack: Pack, toml: string, file: string, edit: (text: string) => string | undefined): string[] {
  const files = pack.render(toml)
  const before = files.get(file)!
  const edited = edit(before)
  if (edited === undefined) files.delete(file)
  else files.set(file, edited)
  return pack.drift(toml, files, pack.rendered).map(({ file: name, line, place, keys }) => `${name}:${line} ${place}: ${keys.join(' ')}`.trim())
}
const shop = 'repository/conf/shop.xml'
const toml = '[shop]\nname = "corner"\nkind = "market"\n[oven]\nheat = 220\n[[bakers]]\nname = "A"\n[secrets]\nx = "Y2lwaGVy"\n'

test('files as they were rendered are as they should be', () => {
  assert.equal(drift(smallPack(), toml, shop, (text) => text), [])
})

test('place and key of what was changed', () => {
  assert.equal(drift(smallPack(), toml, shop, (text) => text.replace('rate="4000.0"', 'rate="1"')), [`${shop}:1 shop@rate: shop.rate`])
  assert.equal(drift(smallPack(), toml, shop, (text) => text.replace('<staff>2', '<staff>3')), [`${shop}:5 shop/staff: shop.staff`])
  assert.equal(drift(smallPack(), toml, shop, (text) => text.replace('corner of Nowhere', 'x').replace('Saturday', 'y')), [`${shop}:2 shop/sign: shop.sign`, `${shop}:3 shop/open: shop.open`])
})

test('what is gone, what is too much, and a file that is not there', () => {
  assert.equal(drift(smallPack(), toml, shop, (text) => text.replace(/.*<open>.*\n/, '')), [`${shop}:undefined shop/open: shop.open`])
  assert.equal(drift(smallPack(), toml, shop, (text) => text.replace('</shop>', '<more a="1"><b/></more>\n</shop>')), [`${shop}:6 shop/more:`])
  assert.equal(drift(smallPack(), toml, shop, () => undefined), [`${shop}:undefined undefined:`])
  assert.ok(drift(smallPack(), toml, shop, () => '<shop').length > 0)
})

test('neither order nor space nor comments say anything', () => {
  const xml = (text: string) => [...statementsOf('a.xml', text)].map(([place, { value }]) => `${place}=${value}`).sort()
  assert.equal(xml('<a>\n <b name="x">1</b><b name="y">2</b>\n <c p="1" q="2"/>\n</a>'), xml("<?xml version='1.0'?><a><!-- <b/> --><c q='2'\n p='1'></c><b name='y'> 2 </b>\n<b name='x'>1</b></a>"))
  assert.is.not(xml('<a><b>1</b><b>2</b></a>').join(), xml('<a><b>2</b><b>1</b></a>').join())
  assert.equal(xml('<a><![CDATA[x < y]]></b></a><d'), ['=<d', 'a=x<y'])
  const lines = (text: string) => [...statementsOf('a.properties', text)].map(([place, { value }]) => `${place}=${value}`).sort()
  assert.equal(lines('a=1\n# c\nb: 2\n'), lines('  b:2\na = 1'))
})

test('a key under the name that a user writes, and lists', () => {
  assert.equal(drift(smallPack(), toml, 'repository/conf/oven.properties', (text) => text.replace('220', '9')), ['repository/conf/oven.properties:1 temperature: oven.heat'])
  assert.equal(drift(smallPack(), toml, 'bakers', (text) => text.replace('A', 'B')), ['bakers:undefined A: bakers', 'bakers:1 B:'])
})

test('a condition decides too', () => {
  const pack = withTemplate('a=1\n{% if x.on == "true" %}\nb=1\n{% else %}\nb=2\n{% endif %}\n{% if x.size > 3 %}\nd=1\n{% endif %}\n')
  assert.equal(drift(pack, 'x.on = "true"\nx.size = 3\n', 'file', (text) => text.replace('b=1', 'b=2')), ['file:2 b: x.on'])
  assert.equal(drift(pack, 'x.on = "true"\nx.size = 3\n', 'file', (text) => `${text}d=1\n`), ['file:3 d: x.size'])
})

test("the host's own environment may be anything", () => {
  const pack = withTemplate('a={{ x.dir }}/z.* b\n')
  const edit = (to: string) => drift(pack, 'x.dir = "$env{HOME}/$sys{name}"', 'file', (text) => text.replace('$env{HOME}/$sys{name}', to))
  assert.equal([edit('/root/me'), edit('root')], [[], ['file:1 a: x.dir']])
})

test('keys are looked for only as far as is asked', () => {
  const files = smallPack().render(toml.replace('corner', 'other'))
  const found = smallPack().drift(toml, files, [shop], 1)
  assert.equal(found.map(({ place, keys }) => [place, keys]), [['shop@name', ['shop.name']], ['shop/sign', []]])
})

test.run()
