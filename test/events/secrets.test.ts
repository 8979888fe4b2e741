import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { MASK, Secrets } from '../../src/events/index.ts'

const secretsOf = (...values: unknown[]) => {
  const secrets = new Secrets()
  for (const value of values) secrets.add(value)
  return secrets
}

/** A secret as people and generators make them: no blanks at its ends, no asterisks (they are the mask). */
const secret = fc
  .string({ unit: 'grapheme', minLength: 6, maxLength: 40 })
  .map((text) => text.trim().replaceAll('*', '#'))
  .filter((text) => text.length >= 6 && !/^\d+$/.test(text) && !/[\r\n]/.test(text))

test('a secret is masked and the rest of the line stays', () => {
  const secrets = secretsOf('s3cr3t-pass')
  assert.is(secrets.mask('connect as bob with s3cr3t-pass to db'), `connect as bob with ${MASK} to db`)
  assert.is(secrets.mask('nothing here'), 'nothing here')
})

test('no spelling of a secret is left in any text', () => {
  fc.assert(
    fc.property(secret, fc.string(), fc.string(), (value, before, after) => {
      const secrets = secretsOf(value)
      const forms = [
        value,
        JSON.stringify(value).slice(1, -1),
        JSON.stringify(JSON.stringify(value)).slice(3, -3),
        `'${value.replaceAll("'", `'\\''`)}'`,
        encodeURIComponent(Buffer.from(value).toString()),
        Buffer.from(value).toString('base64'),
        value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
      ]
      for (const form of forms) {
        // Only what comes from the secret counts: a part that is shorter than that proves nothing.
        if (form.length < 4) continue
        const masked = secrets.mask(`${before}${form}${after}`)
        assert.not.ok(masked.includes(form), `${form} in ${masked}`)
      }
    }),
  )
})

test('base64 of something longer does not give the secret away', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary-ascii', maxLength: 8 }),
      fc.base64String({ minLength: 16, maxLength: 32 }),
      (user, value) => {
        const password = value.replace(/=+$/, '')
        const masked = secretsOf(password).mask(`Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`)
        const shown = Buffer.from(masked.slice(6).replaceAll('*', ''), 'base64').toString('latin1')
        assert.not.ok(shown.includes(password))
        assert.ok(masked.includes(MASK))
      },
    ),
  )
})

test('all secrets of a text are masked, also those that overlap', () => {
  fc.assert(
    fc.property(fc.array(secret, { minLength: 1, maxLength: 5 }), (values) => {
      const secrets = secretsOf(...values)
      const masked = secrets.mask(`x ${values.join('')} y ${values.join(' ')}`)
      for (const value of values) assert.not.ok(masked.includes(value))
    }),
  )
  assert.is(secretsOf('abcdefgh', 'efghijkl').mask('_abcdefghijkl_'), `_${MASK}_`)
})

test('lines of a secret of several lines are masked one by one, the frame of PEM is not', () => {
  const key = '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG\nAbCdEfGhIjKlMnOp\n-----END PRIVATE KEY-----\n'
  const secrets = secretsOf(key)
  const masked = secrets.mask('+MIIEvQIBADANBgkqhkiG\n and AbCdEfGhIjKlMnOp')
  assert.is(masked, `+${MASK}\n and ${MASK}`)
  assert.is(secrets.mask('-----BEGIN PRIVATE KEY-----'), '-----BEGIN PRIVATE KEY-----')
  assert.is(secrets.mask(`<${key}>`), `<${MASK}\n>`)
})

test('colours inside a secret do not hide it', () => {
  assert.is(secretsOf('s3cr3t-pass').mask('it is s3c\u001b[31mr3t\u001b[0m-pass'), `it is ${MASK}`)
  assert.is(secretsOf('s3cr3t-pass').mask('\u001b[31mred\u001b[0m'), '\u001b[31mred\u001b[0m')
})

test('short and very common secrets are masked only as whole values', () => {
  const secrets = secretsOf('abc', 'admin', 9443, true)
  assert.is(secrets.mask('abc'), MASK)
  assert.is(secrets.mask('admin\n'), `${MASK}\n`)
  assert.is(secrets.mask('the admin of abc on 9443'), 'the admin of abc on 9443')
  assert.equal(secrets.maskDeep({ port: 9443, user: 'admin', on: true }), { port: MASK, user: MASK, on: true })
  assert.is(secretsOf(123456789).mask('pin 123456789!'), `pin ${MASK}!`)
})

test('values are masked at any depth, keys too, and the original is left', () => {
  const value = {
    list: ['has s3cr3t-pass', 1, null],
    's3cr3t-pass': { inner: 's3cr3t-pass' },
    bytes: Buffer.from('x s3cr3t-pass'),
  }
  const masked = secretsOf('s3cr3t-pass').maskDeep(value) as unknown as Record<string, unknown>
  assert.not.ok(JSON.stringify(masked).includes('s3cr3t-pass'))
  assert.is(String(masked['bytes']), `x ${MASK}`)
  assert.is(value.list[0], 'has s3cr3t-pass')
})

test('cycles, classes and odd keys survive', () => {
  class Odd {
    reason = 's3cr3t-pass'
  }
  const loop: Record<string, unknown> = { odd: new Odd() }
  loop['self'] = loop
  const hostile = JSON.parse('{"__proto__": {"polluted": "s3cr3t-pass"}}') as object
  const secrets = secretsOf('s3cr3t-pass')
  const masked = secrets.maskDeep(loop)
  assert.is(masked['self'], masked)
  assert.instance(masked['odd'], Odd)
  assert.is((masked['odd'] as Odd).reason, MASK)
  assert.is(JSON.stringify(secrets.maskDeep(hostile)), `{"__proto__":{"polluted":"${MASK}"}}`)
  assert.is(({} as Record<string, unknown>)['polluted'], undefined)
})

test('lists and mappings of secrets are taken apart', () => {
  const secrets = secretsOf({ db: { password: 'one-secret' }, keys: ['two-secret'] }, '', '   ', null, undefined, '****')
  assert.is(secrets.mask('one-secret two-secret ****'), `${MASK} ${MASK} ****`)
})

test('a thousand secrets cost little', () => {
  const secrets = secretsOf(
    ...Array.from({ length: 1000 }, (_, index) => `secret-number-${index}-${(index * 7919).toString(36)}`),
  )
  const text = 'a line of a log that holds no such thing at all, but is long\n'.repeat(16_000)
  const started = performance.now()
  assert.is(secrets.mask(text), text)
  const ms = performance.now() - started
  assert.ok(ms < 1500, `masking 1 MB took ${ms} ms`)
})

test.run()
