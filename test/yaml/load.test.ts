import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { formatInputError, type InputError, loadYaml, positions, Unsafe } from '../../src/yaml/index.ts'

const load = (text: string) => loadYaml({ name: 't.yml', text }).value as Record<string, unknown>
function failure(text: string): InputError {
  try {
    load(text)
  } catch (error) {
    return error as InputError
  }
  throw new Error('expected an error')
}

/** Text, and what PyYAML makes of it (with the exceptions that scalars.ts names). */
const scalars: [string, unknown][] = [
  ['yes', true],
  ['No', false],
  ['on', true],
  ['OFF', false],
  ['True', true],
  ['tRue', 'tRue'],
  ['y', 'y'],
  ['~', null],
  ['', null],
  ['null', null],
  ['Null', null],
  ['nUll', 'nUll'],
  ['12', 12],
  ['-12', -12],
  ['+3', 3],
  ['1_000', 1000],
  ['0644', 420],
  ['0o17', 15],
  ['0x1F', 31],
  ['0b101', 5],
  ['09', '09'],
  ['0', 0],
  ['1.5', 1.5],
  ['-.5', '-.5'],
  ['.5', 0.5],
  ['1.', 1],
  ['1e3', '1e3'],
  ['1.0e+3', 1000],
  ['.inf', Infinity],
  ['-.INF', -Infinity],
  ['12:30', '12:30'],
  ['2001-12-14', '2001-12-14'],
  ['9007199254740993', '9007199254740993'],
  ['1.2.3', '1.2.3'],
  ['"yes"', 'yes'],
  ["'1'", '1'],
]
for (const [text, expected] of scalars) test(`scalar ${text || '(empty)'}`, () => assert.is(load(`a: ${text}`).a, expected))

test('.nan is no number', () => assert.ok(Number.isNaN(load('a: .nan').a)))

test('permission bits keep their leading zero', () => {
  assert.equal(load('mode: 0644\ndirectory_mode: 0o755\nmodel: 0644\nmode2: 0644'), {
    mode: '0644',
    directory_mode: '0755',
    model: 420,
    mode2: 420,
  })
})

test('a key is its text, also __proto__', () => {
  const value = load('on: 1\n1: 2\n__proto__: 3')
  assert.equal(Object.keys(value), ['1', 'on', '__proto__'])
  assert.is(({} as Record<string, unknown>).on, undefined)
})

test('anchors, aliases and merge keys', () => {
  const value = load('a: &a {x: 1, y: 2}\nb: &b {y: 3, z: 4}\nc: {<<: [*a, *b], z: 5}\nd: *a')
  assert.equal(value.c, { z: 5, x: 1, y: 2 })
  assert.is(value.d, value.a)
  assert.equal(positions.key(value.c as object, 'x'), { file: 't.yml', line: 1, column: 8 })
})

test('!unsafe is marked, in collections too', () => {
  const value = load("a: !unsafe '{{ x }}'\nb: !unsafe [1]")
  assert.ok(value.a instanceof Unsafe)
  assert.is((value.a as Unsafe).value, '{{ x }}')
  assert.equal((value.b as Unsafe).value, [1])
})

/** Every mark in every kind of text is found again in the file. */
test('positions inside of texts', () => {
  const text = `list:
  - "tab\\there <1>, \\u00e9 <2>"
  - 'it''s <3>'
  - |
    one <4>
      deeper <5>

    last <6>
  - >-
    folded <7>
    on <8>

    and <9>
  - plain <10>
    continued <11>
  - "broken <12>
    line <13> \\
    escaped <14>"
  - |2
      indented <15>
`
  const { list } = load(text) as { list: string[] }
  const lines = text.split('\n')
  let seen = 0
  list.forEach((value, index) => {
    for (const match of value.matchAll(/<(\d+)>/g)) {
      const before = value.slice(0, match.index)
      const line = before.split('\n').length
      const column = match.index - (before.lastIndexOf('\n') + 1) + 1
      const place = positions.inText(list, index, line, column)!
      assert.is(lines[place.line - 1]!.slice(place.column - 1, place.column - 1 + match[0].length), match[0])
      seen++
    }
  })
  assert.is(seen, 15)
})

/** Text, message, line and column of the error, hint. */
const mistakes: [string, RegExp, number, number, RegExp?][] = [
  ['a: 1\nb: 2\na: 3', /`a` is written twice/, 3, 1, /line 1, column 1/],
  ['a: {{ b }}', /simple key/, 1, 4, /quotes/],
  ['a: {{ b }}/c', /unexpected/, 1, 11, /quotes/],
  ['a: !foo bar', /unknown tag !foo/, 1, 4, /!vault/],
  ['a: *nope', /unknown anchor/, 1, 4, /quotes/],
  ['a: b: c', /mapping can not start/, 1, 4, /quote/],
  ['a:\n\t- b', /tab/, 2, 1, /spaces/],
  ['a: "\\d"', /escape/, 1, 5, /single quotes/],
  ['---\na: 1\n---\nb: 1', /only one YAML document/, 3, 1],
  ['a: &a [*a]', /contains itself/, 1, 8],
  ['<<: 1', /<< needs a mapping/, 1, 5],
  ['a: !!int x', /no int/, 1, 10],
]
for (const [text, message, line, column, hint] of mistakes) {
  test(`mistake: ${JSON.stringify(text)}`, () => {
    const error = failure(text)
    assert.is(error.name, 'InputError')
    assert.match(error.message, message)
    assert.equal(error.position, { file: 't.yml', line, column })
    if (hint) assert.match(error.hint ?? '', hint)
  })
}

test('an error shows its line with a caret', () => {
  assert.is(formatInputError(failure('a: 1\n\tb: 2\na: *x')).split('\n')[0]!.startsWith('t.yml:'), true)
  assert.is(
    formatInputError(failure('first: 1\nsecond: *x')),
    't.yml:2:9: unknown anchor: *x\n  2 | second: *x\n    |         ^\n  text that begins with * must be in quotes',
  )
})

test('all duplicate keys are told at once', () => {
  const error = failure('a: 1\na: 2\nb: 1\nb: 2') as InputError & { errors: InputError[] }
  assert.is(error.errors.length, 2)
})

test('a missing file', () => assert.throws(() => loadYaml('/no/such/file.yml'), /file not found/))

test.run()
