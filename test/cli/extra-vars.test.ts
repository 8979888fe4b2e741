import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { parseExtraVars, splitWords } from '../../src/cli/extra-vars.ts'

const parse = (...texts: string[]) => parseExtraVars(texts)

test('k=v: whole numbers and booleans have their type, all else is text', () => {
  assert.equal(parse('a=1 b=-20 c=true d=False e=1.10 f=007 g= h=yes i=12345678901234567890'), {
    a: 1,
    b: -20,
    c: true,
    d: false,
    e: '1.10',
    f: '007',
    g: '',
    h: 'yes',
    i: '12345678901234567890',
  })
})

test('k=v: quotes and templates hold words together, quoted numbers are text', () => {
  assert.equal(parse(`a='two words' b="say \\"hi\\"" c={{ x | default('a b') }} d='1' e=it=so`), {
    a: 'two words',
    b: 'say "hi"',
    c: "{{ x | default('a b') }}",
    d: '1',
    e: 'it=so',
  })
})

test('JSON and YAML have their types; the last one wins', () => {
  assert.equal(parse('{"a": [1, "x"], "b": null}', 'a: 0755', 'b: {c: yes}'), { a: 493, b: { c: true } })
  assert.equal(parse('', '  '), {})
})

test('what can not be meant is said', () => {
  for (const [text, message] of [
    ['x', /name=value, got `x`/],
    ['1a=2', /no name of a variable/],
    ['=2', /name=value/],
    ["a='b", /not closed/],
    ['[1]', /got a list/],
    ['@/no/such', /not found/],
  ] as const) {
    assert.throws(
      () => parse(text),
      (error: Error) => error.name === 'InputError' && message.test(error.message),
      text,
    )
  }
})

test('any text survives in quotes', () => {
  fc.assert(
    fc.property(
      fc.string().filter((text) => !text.includes("'") && !/\{\{|\}\}/.test(text)),
      (text) => {
        assert.equal(parse(`a='${text}' b=2`), { a: text, b: 2 })
      },
    ),
  )
  assert.equal(splitWords('a  b\tc', 'x'), ['a', 'b', 'c'])
})

test.run()
