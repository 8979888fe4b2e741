import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createTemplar } from '../../src/template/index.ts'
import { scopeOf } from './scope.ts'

const templar = createTemplar()
const hasMarker = (text: string) => /\{[{%#]/.test(text)

test('text without markers is itself', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => {
    fc.pre(!hasMarker(text))
    assert.is(templar.resolve(text, scopeOf({})), text)
    if (!text.startsWith('#jinja2:')) assert.is(templar.render(text, scopeOf({})), text)
  }))
})

const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.constantFrom('{{', '}}', '{%', '%}', '{#', '#}', "'", '"', '\\', '\n', ' x ', 'lookup("pipe","id")', '1', '__proto__', '$&', '$1'), { maxLength: 12 }).map((parts) => parts.join('')),
)

test('what a host said comes out as it went in', () => {
  fc.assert(fc.property(hostile, (said) => {
    const scope = scopeOf({ through: '{{ said }}', pair: ['{{ said }}'] }, { said, fact: { deep: [said] } })
    assert.is(templar.resolve('{{ said }}', scope), said)
    assert.is(templar.resolve('{{ through }}', scope), said)
    assert.equal(templar.resolve('{{ pair }}', scope), [said])
    assert.equal(templar.resolve('{{ fact }}', scope), { deep: [said] })
    assert.is(templar.resolve('a{{ fact.deep[0] }}b', scope), `a${said}b`)
    assert.is(templar.resolve('{{ "x" | replace("x", said) }}', scope), said)
    assert.is(templar.expression('said', scope), said)
    assert.is(templar.render('<{{ said }}>\n', scope), `<${said}>\n`)
    assert.is(templar.resolve('{{ said | to_json | from_json }}', scope), said)
  }))
})

test('data survives JSON and YAML', () => {
  fc.assert(fc.property(fc.jsonValue({ maxDepth: 3 }), (data) => {
    fc.pre(!JSON.stringify(data).includes('__proto__') && !/-0[,\]}]|^-0$|e-?\d/.test(JSON.stringify(data)))
    const plain = JSON.parse(JSON.stringify(data)) as unknown
    const scope = scopeOf({}, { data: plain })
    assert.equal(templar.resolve('{{ data | to_json | from_json }}', scope), plain)
    assert.equal(templar.resolve('{{ data | to_nice_json | from_json }}', scope), plain)
    assert.equal(templar.resolve('{{ data | to_yaml | from_yaml }}', scope), plain)
    assert.equal(templar.resolve('{{ data | to_nice_yaml | from_yaml }}', scope), plain)
  }))
})

test('no text makes it crash with anything but a template error', () => {
  const piece = fc.constantFrom('{{', '}}', '{%', '%}', 'if', 'for', 'in', 'x', '(', ')', '[', ']', "'", '|', 'is', 'not', '+', '.', ',', ':', '1', ' ', '\n', 'set', '=', 'endif', 'else', '-', 'default', '{#', '#}', 'raw')
  fc.assert(fc.property(fc.array(piece, { maxLength: 20 }).map((parts) => parts.join(' ')), (text) => {
    try {
      templar.resolve(text, scopeOf({ x: [1, { a: 'b' }] }))
    } catch (error) {
      assert.ok('excerpt' in (error as object), String((error as Error).stack))
    }
  }), { numRuns: 2000 })
})

test.run()
