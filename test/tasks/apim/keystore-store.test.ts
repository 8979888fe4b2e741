/** What is read from the bytes of a store, held against what keytool says of it. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type Entry, normalName, parseList } from '../../../tasks/apim/keystore/keytool-output.ts'
import { readStore } from '../../../tasks/apim/keystore/store/read.ts'

const directory = mkdtempSync(join(tmpdir(), 'aarun-store-'))
const at = (name: string) => join(directory, name)
const PASSWORD = 's3cr et"\'$'
const environment = { ...process.env, LC_ALL: 'C.UTF-8', P: PASSWORD, K: 'key secret' }

function keytool(...words: string[]): string {
  const brief = ['-J-Duser.language=en', '-J-XX:TieredStopAtLevel=1', '-J-XX:+UseSerialGC', '-J-Dsun.jnu.encoding=UTF-8']
  const run = spawnSync('keytool', [...brief, ...words], { env: environment, encoding: 'utf8' })
  assert.is(run.status, 0, `${words.join(' ')}: ${run.stdout}${run.stderr}`)
  return run.stdout
}

const DNAME = 'CN=api.example.com, OU="a, b", O=Föö, EMAILADDRESS=x@example.com, C=LK'
const pair = (name: string, type: string, ...more: string[]) =>
  keytool('-genkeypair', '-alias', 'Api', '-keyalg', 'RSA', '-keysize', '1024', '-dname', DNAME, '-ext', 'SAN=dns:api.example.com,ip:::1,ip:127.0.0.1,uri:https://x/y', '-keystore', at(name), '-storetype', type, '-storepass:env', 'P', ...more)
const trust = (name: string, certificate: string, alias: string, ...more: string[]) =>
  keytool('-importcert', '-noprompt', '-alias', alias, '-file', certificate, '-keystore', at(name), '-storepass:env', 'P', ...more)

/** As far as both say it in the same words. */
function comparable(entries: Entry[]): unknown[] {
  return entries
    .map(({ alias, kind, sha256, owner, san, notAfter }) => ({ alias: alias.toLowerCase(), kind, sha256, owner: normalName(owner ?? '').sort(), san, notAfter: notAfter && new Date(notAfter).getTime() }))
    .sort((a, b) => (a.alias < b.alias ? -1 : 1))
}

function readsLikeKeytool(name: string, type: string): void {
  const contents = readStore(readFileSync(at(name)), PASSWORD)
  assert.ok(contents, `${name} is read without keytool`)
  assert.is(contents.type, type)
  assert.not.ok(contents.wrongPassword)
  assert.equal(comparable(contents.entries), comparable(parseList(keytool('-list', '-v', '-keystore', at(name), '-storepass:env', 'P'))))
  assert.is(readStore(readFileSync(at(name)), 'another')?.wrongPassword, true)
}

test.before(() => {
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', at('ec.key'), '-out', at('ec.pem'), '-days', '2', '-subj', '/CN=ec'], { stdio: 'ignore' })
})

test('JKS: a key pair with a password of its own, and trusted certificates', () => {
  pair('mixed.jks', 'JKS', '-keypass:env', 'K')
  trust('mixed.jks', at('ec.pem'), 'other')
  readsLikeKeytool('mixed.jks', 'JKS')
  const key = readStore(readFileSync(at('mixed.jks')), PASSWORD)!.entries.find((entry) => entry.kind === 'key')!
  assert.equal(['key secret', PASSWORD, ''].map((one) => key.opensWith!(one)), [true, false, false])
})

test('PKCS12 as Java writes it: keys, trusted certificates, secret keys', () => {
  pair('mixed.p12', 'PKCS12')
  trust('mixed.p12', at('ec.pem'), 'other')
  keytool('-genseckey', '-alias', 'hidden', '-keyalg', 'AES', '-keysize', '128', '-keystore', at('mixed.p12'), '-storepass:env', 'P')
  readsLikeKeytool('mixed.p12', 'PKCS12')
})

test('a truststore of nothing but certificates', () => {
  for (const type of ['JKS', 'PKCS12']) {
    trust(`trust.${type}`, at('ec.pem'), 'one', '-storetype', type)
    readsLikeKeytool(`trust.${type}`, type)
  }
})

test('PKCS12 as OpenSSL writes it, with a chain', () => {
  execFileSync('openssl', ['pkcs12', '-export', '-in', at('ec.pem'), '-inkey', at('ec.key'), '-certfile', at('ec.pem'), '-name', 'ec', '-out', at('openssl.p12'), '-passout', 'env:P'], { env: environment })
  readsLikeKeytool('openssl.p12', 'PKCS12')
})

test('with ciphers that are only old it is left to keytool, or read all the same', () => {
  pair('legacy.p12', 'PKCS12', '-J-Dkeystore.pkcs12.legacy')
  assert.is(readStore(readFileSync(at('legacy.p12')), PASSWORD), undefined, 'RC2 with 40 bits')
  pair('triple.p12', 'PKCS12', '-J-Dkeystore.pkcs12.certProtectionAlgorithm=PBEWithSHA1AndDESede', '-J-Dkeystore.pkcs12.macAlgorithm=HmacPBESHA1')
  readsLikeKeytool('triple.p12', 'PKCS12')
})

test('what is cut off or changed is never read as a store, and never ends the run', () => {
  for (const name of ['mixed.jks', 'mixed.p12']) {
    const whole = readFileSync(at(name))
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (place, change) => {
        const cut = readStore(whole.subarray(0, place), PASSWORD)
        assert.ok(!cut || cut.wrongPassword)
        const bent = Buffer.from(whole)
        bent[place]! ^= change
        const read = readStore(bent, PASSWORD)
        // Only what the digest covers can be told; the name of a digest in PKCS12 is not.
        if (name.endsWith('jks')) assert.ok(!read || read.wrongPassword)
      }),
      { numRuns: 60 },
    )
  }
  assert.is(readStore(readFileSync(at('mixed.jks')), 'sécret'), undefined, 'how Java reads it depends on the locale')
  assert.is(readStore(Buffer.from('junk'), PASSWORD), undefined)
  assert.is(readStore(new Uint8Array(), PASSWORD), undefined)
})

test.after(() => rmSync(directory, { recursive: true }))
test.run()
