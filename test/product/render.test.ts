/** From a deployment.toml to files, in the order of the product's configuration mapper. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import fc from 'fast-check'
import { doubleText } from '../../src/product/jinjava/value.ts'
import { inHashOrder, listHash, textHash } from '../../src/product/jinjava/java-order.ts'
import { MapperError } from '../../src/product/index.ts'
import { small, smallPack, withTemplate } from './small-pack.ts'

const shop = (toml: string, file = 'repository/conf/shop.xml') => smallPack().render(toml).get(file)!
const line = (text: string, word: string) => text.split('\n').find((each) => each.includes(word))!.trim()
const oven = (toml: string) => shop(toml, 'repository/conf/oven.properties').split('\n')[0]!
const one = (template: string, toml: string, rules?: Record<string, unknown>) => withTemplate(template, rules).render(toml).get('file')!

test('values of the file, else what follows from values, else defaults', () => {
  assert.is(line(shop(''), 'name='), '<shop name="unnamed" rate="4000.0">')
  assert.is(line(shop('[shop]\nkind = "market"'), 'open'), '<open>Saturday</open>')
  assert.is(line(shop('[shop]\nkind = "market"\nopen = "Monday"'), 'open'), '<open>Monday</open>')
  assert.not.match(shop('[shop]\nkind = "kiosk"'), /<open>/)
})

test('numbers of the JSON files are Doubles, except where they follow from a value', () => {
  assert.is(line(shop('[shop]\nkind = "market"'), 'staff'), '<staff>2</staff><stalls>12</stalls>')
  assert.is(line(shop('[shop]\nrate = 7'), 'rate='), '<shop name="unnamed" rate="7">')
  for (const [value, text] of [[4000, '4000.0'], [0.001, '0.001'], [1e7, '1.0E7'], [12345678.5, '1.23456785E7'], [0.0001, '1.0E-4'], [1e21, '1.0E21'], [0, '0.0']] as const) assert.is(doubleText(value), text)
})

test('what follows from a part of a key is of that part', () => {
  assert.is(shop('[store.main]\ntype = "cellar"', 'store').split('\n')[0]!.trimEnd(), 'cellar true the main')
  assert.is(shop('lists.first = [1]\nlists.second = [2, 3]', 'store').split('\n')[1], '1+2+3')
})

test('keys get their other names, in the tables of a list too', () => {
  assert.is(oven('[oven]\nheat = 220\nsides = "hot"'), 'temperature=220 left=hot right=hot rest=')
  assert.match(shop('[[bakers]]\nname = "Ann"\nnick_name = "A"\ntools = ["peel", "scale"]\nshift.days = ["Mon"]', 'bakers'), /^Ann A peel,scale Mon$/m)
})

test('a name in the rules of which a quote is never closed stops the mapper where it is used', () => {
  // Shipped rules have one: `passthru_http.''valid.max.message.size.in.bytes'`.
  const rules = { 'key-mappings': { 'oven.size': "oven.''size'" } }
  assert.is(one('{{ oven.size }}', '', rules), '\n')
  assert.throws(() => one('', '[oven]\nsize = 1', rules), /name oven\.''size', in which a quote is never closed/)
})

test('references go through references; lists and booleans take the place of the text', () => {
  assert.is(line(shop('[town]\nname = "Here"\n[shop]\nname = "Big $ref{town.name}"'), 'sign'), '<sign>Big Here of Here</sign>')
  assert.is(one('{{ b.x }} {{ b.y }}', '[a]\nx = [1, 2]\ny = true\n[b]\nx = "$ref{a.x}"\ny = "is $ref{a.y}"'), '[1, 2] true\n')
  assert.throws(() => shop('[shop]\nname = "$ref{no.where}"'), (error: unknown) => error instanceof MapperError && error.key === 'shop.name' && error.message === '`$ref{no.where}` refers to a key that is not there')
  assert.throws(() => shop('[shop]\nname = "$ref{town.name}"\n[town]\nname = "$ref{shop.name}"'), /go round in a circle: /)
})

test('environment and system properties stay as written, unless they are given', () => {
  const toml = '[shop]\nname = "$env{NAME}/$sys{home}"'
  assert.match(shop(toml), /name="\$env\{NAME\}\/\$sys\{home\}"/)
  assert.match(smallPack().render(toml, { environment: { NAME: '$&' }, system: { home: '/h' } }).get('repository/conf/shop.xml')!, /name="\$&\/\/h"/)
})

test('secrets stay as written, and must have an alias', () => {
  const toml = '[shop]\npassword = "$secret{shop_password}"\n[secrets]\nshop_password = "[open sesame]"\nother = "b64=="\n'
  const files = smallPack().render(toml)
  assert.match(files.get('repository/conf/shop.xml')!, '<password>$secret{shop_password}</password>')
  assert.equal(files.get('secrets.properties')!.split('\n').sort(), ['', 'other=b64==', 'shop_password=[********]'])
  assert.not.match([...files.values()].join(), /sesame/)
  assert.throws(() => shop('[shop]\npassword = "$secret{gone}"'), /`\$secret\{gone\}` has no alias in \[secrets\]/)
  assert.match(shop('[shop]\npassword = "$secret{gone}"\n[runtime_secrets]\nenable = "true"'), '$secret{gone}')
})

test('times are converted to the unit that is expected', () => {
  for (const [given, rest] of [['"15m"', '900'], ['7', '7'], ['"7"', '7'], ['"2h"', '7200'], ['"1500ms"', '1']] as const) assert.is(oven(`[oven]\nrest = ${given}`), `temperature=180 left= right= rest=${rest}`)
  assert.throws(() => oven('[oven]\nrest = "5ms"'), /oven.rest: 5ms is less than one s/)
  assert.throws(() => oven('[oven]\nrest = "5 weeks"'), /unknown unit 'weeks', expected ms, s, m, h or d/)
})

test('what a rule refuses is told, but no secret', () => {
  const rules = { validator: { 'a.size': [{ regex: '[0-9]+' }], 'a.password': [{ regex: '[0-9]+' }] } }
  assert.throws(() => one('', '[a]\nsize = "big"\npassword = "1"', rules), /^a\.size must match `\[0-9\]\+`, and is big$/)
  assert.throws(() => one('', '[a]\nsize = "1"\npassword = "sesame"', rules), /^a\.password must match `\[0-9\]\+`, and is \*{8}$/)
})

test('a rule of validator.json stops the mapper; one without `regex` checks nothing', () => {
  assert.throws(() => shop('[shop]\nkind = "market"\ncolour = "blue"'), /^a market is red or green/)
  assert.ok(shop('[shop]\nkind = "market"\ncolour = "green"\nunchecked = "y"'))
  assert.ok(shop('[shop]\nkind = "kiosk"\ncolour = "blue"'))
  // The mapper takes it for a text, and ends with a ClassCastException.
  assert.throws(() => shop('[shop]\nunchecked = 7'), /^shop\.unchecked must be a text, in quotes/)
})

test("the order of a table's keys is that of Java's hashes", () => {
  // Seen with Java 17: new HashSet of these words.
  const words = 'alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi chi psi omega'.split(' ')
  assert.is(inHashOrder(words, textHash).join(' '), 'zeta sigma iota chi nu upsilon psi delta mu tau theta omega epsilon phi xi lambda eta omicron alpha rho pi kappa beta gamma')
  assert.is(textHash('transport.http.enable'), 798610020)
  assert.is(listHash(['a', 'b.c']), 99671)
  // Seen with wso2/config-mapper v1.0.23.
  const box = "[box]\nalpha = 1\nbeta = 2\ngamma = 3\ndelta = 4\n'dotted.name' = 5\n"
  assert.is(one('{% for k,v in box.items() %}{{k}} |{% endfor %}', box), 'beta |alpha |dotted.name |gamma |delta |\n'.trimEnd())
})

test('a file ends with one newline, whatever its template has', () => {
  assert.is(one('a\r\nb', ''), 'a\nb\n')
  assert.is(one('', ''), '')
})

test('a template that can not be read or run is told with its file', () => {
  assert.throws(() => one('{% if x %}', ''), /templates\/file\.j2 of one-template can't be read: expected '\{% endif %\}' before the end of the template \(line 1\)/)
  assert.throws(() => one('\n{{ x.y() }}', 'x = "z"'), /file: the text 'z' has no method 'y' \(line 2 of its template\)/)
})

test('one rendering leaves nothing behind for the next', () => {
  const pack = withTemplate('{{ table }}', { default: { table: { a: 'x' } } })
  // Some of these come behind the table itself, and are put into it.
  for (const name of 'bcdefghijklmn') pack.render(`table.${name} = 1`)
  assert.is(pack.render('').get('file'), '{a=x}\n')
})

test('rendering twice gives the same, and keys in another order too', () => {
  const entries = fc.uniqueArray(fc.record({ key: fc.stringMatching(/^[a-z]{1,8}$/), value: fc.nat(99) }), { selector: ({ key }) => key, maxLength: 30 })
  const pack = withTemplate('{% for k,v in box.items() %}{{k}}={{v}}\n\n{% endfor %}')
  const toml = (list: { key: string; value: number }[]) => `[box]\n${list.map(({ key, value }) => `${key} = ${value}\n`).join('')}`
  fc.assert(
    fc.property(entries, (list) => {
      const text = pack.render(toml(list)).get('file')!
      assert.is(pack.render(toml(list)).get('file'), text)
      assert.equal(text.split('\n').filter(Boolean).sort(), list.map(({ key, value }) => `${key}=${value}`).sort())
    }),
    { numRuns: 50 },
  )
})

test('every template of the small pack renders with nothing in the file', () => {
  assert.is(smallPack().render('').size, Object.keys(small).filter((name) => name.endsWith('.j2')).length)
})

test.run()
