/** Certificates and keys made by OpenSSL, in all the ways in which they can be wrong. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { authorityOf } from '../../../tasks/apim/certificate/authority.ts'
import { readCertificate, type Certificate } from '../../../tasks/apim/certificate/read.ts'
import certificate from '../../../tasks/apim/certificate.ts'
import { apply, localHost } from '../harness.ts'

const host = await localHost()
const at = (name: string) => join(host.directory, name)
const openssl = (...words: string[]) => execFileSync('openssl', words, { cwd: host.directory, stdio: ['ignore', 'pipe', 'ignore'] })

const NAMES = 'subjectAltName=DNS:api.example.com,DNS:*.gw.example.com,IP:10.0.0.1'
function selfSigned(name: string, days = 400, kind = ['rsa:2048']): void {
  openssl('req', '-x509', '-newkey', ...kind, '-nodes', '-days', String(days), '-keyout', `${name}.key`, '-out', `${name}.pem`, '-subj', `/CN=${name}`, '-addext', NAMES)
}
function signed(name: string, authority: string): void {
  openssl('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`)
  writeFileSync(at('names'), `${NAMES}\n`)
  openssl('x509', '-req', '-in', `${name}.csr`, '-CA', `${authority}.pem`, '-CAkey', `${authority}.key`, '-days', '400', '-extfile', 'names', '-out', `${name}.pem`)
}
selfSigned('own')
selfSigned('other')
selfSigned('ec', 10, ['ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'])
selfSigned('authority', 800)
signed('leaf', 'authority')

const names = ['api.example.com', 'x.gw.example.com', '10.0.0.1']
const wanted = { path: at('own.pem'), private_key: at('own.key'), names, bundle: at('ca.pem') }
const failure = async (raw: Record<string, unknown>) => (await apply(certificate, { ...wanted, ...raw }, { mustWork: false })).failed ?? ''

test('what is fit for use is described, and trusted from then on', async () => {
  const run = await apply(certificate, wanted)
  assert.ok(run.changed)
  assert.is(run.result.key, 'RSA 2048')
  assert.is(run.result.self_signed, true)
  assert.ok(Number(run.result.days_left) > 390)
  assert.equal(run.result.names, ['api.example.com', '*.gw.example.com', '10.0.0.1'])
  assert.equal(run.plan.warnings ?? [], [])
  assert.is(readFileSync(at('ca.pem'), 'utf8').trim(), readFileSync(at('own.pem'), 'utf8').trim())
  assert.is((await apply(certificate, wanted)).changed, false)
})

test('while another replaces it, both are trusted', async () => {
  const run = await apply(certificate, { ...wanted, path: at('ec.pem'), private_key: at('ec.key') })
  assert.is(run.result.key, 'EC prime256v1')
  assert.match((run.plan.warnings ?? []).join(), /ec\.pem ends in (9|10) days, on 20\d\d-\d\d-\d\d: replace it before/)
  assert.equal(run.result.former, [readFileSync(at('own.pem'), 'utf8').trim()])
  const trusted = readFileSync(at('ca.pem'), 'utf8')
  assert.ok(trusted.includes(readFileSync(at('own.pem'), 'utf8').trim()) && trusted.startsWith(readFileSync(at('ec.pem'), 'utf8').trim()))
  assert.is((await apply(certificate, { ...wanted, path: at('ec.pem'), private_key: at('ec.key') })).changed, false)
})

test('of a signed one it is the authority that is trusted', async () => {
  const leaf = { path: at('leaf.pem'), private_key: at('leaf.key'), bundle: at('signed.pem') }
  assert.match(await failure(leaf), /its chain ends with one that was signed by CN=authority: add that certificate at the end of the file, or give it as ca/)
  await apply(certificate, { ...wanted, ...leaf, ca: at('authority.pem') })
  assert.is(readFileSync(at('signed.pem'), 'utf8').trim(), readFileSync(at('authority.pem'), 'utf8').trim())
  writeFileSync(at('chain.pem'), readFileSync(at('leaf.pem'), 'utf8') + readFileSync(at('authority.pem'), 'utf8'))
  assert.is((await apply(certificate, { ...wanted, ...leaf, path: at('chain.pem') })).changed, false)
  writeFileSync(at('reversed.pem'), readFileSync(at('authority.pem'), 'utf8') + readFileSync(at('leaf.pem'), 'utf8'))
  assert.match(await failure({ ...leaf, path: at('reversed.pem') }), /first certificate is not that of the server but of CN=authority: put certificate 2 first/)
})

test('what a public authority signed needs no ca: its own certificate is what is trusted', () => {
  const read = (name: string) => readCertificate(readFileSync(at(name))) as Certificate
  const [leaf, authority, own, other] = [read('leaf.pem'), read('authority.pem'), read('own.pem'), read('other.pem')]
  const known = [other, authority].map((one) => one.pem)
  assert.is(authorityOf([leaf], [], known)?.subject, 'CN=authority')
  assert.is(authorityOf([leaf], [authority], [])?.subject, 'CN=authority')
  assert.is(authorityOf([own], [], [])?.subject, 'CN=own')
  assert.is(authorityOf([leaf], [other], []), undefined)
  // The public authorities that are known are real ones.
  assert.is(authorityOf([leaf], []), undefined)
})

test('a name alone makes no authority', async () => {
  openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '9', '-keyout', 'impostor.key', '-out', 'impostor.pem', '-subj', '/CN=authority')
  assert.match(await failure({ path: at('leaf.pem'), private_key: at('leaf.key'), bundle: at('impostors.pem'), ca: at('impostor.pem') }), /signed by CN=authority: add .* none of the public authorities/)
})

test('a key is written without its passphrase, for its owner only', async () => {
  openssl('ec', '-in', 'ec.key', '-aes256', '-passout', 'pass:a secret', '-out', 'ec-locked.key')
  const wants = { path: at('ec.pem'), private_key: at('ec-locked.key'), passphrase: 'a secret', names, plain_key: at('plain.key') }
  const check = await apply(certificate, wants, { check: true })
  assert.not.match(JSON.stringify(check.plan.changes.map(({ summary, before }) => [summary, before])), /PRIVATE/)
  assert.ok(check.plan.changes.every((change) => change.after?.secret))
  assert.ok((await apply(certificate, wants)).changed)
  assert.is(statSync(at('plain.key')).mode & 0o777, 0o600)
  const plain = readFileSync(at('plain.key'), 'utf8')
  assert.match(plain, /^-----BEGIN PRIVATE KEY-----/)
  assert.is((await apply(certificate, wants)).changed, false)
  assert.is(await failure({ path: at('ec.pem'), private_key: at('plain.key'), bundle: undefined }), '')
})

test('all that is wrong is said at once, and nothing is written', async () => {
  const bundle = at('none.pem')
  assert.match(
    await failure({ bundle, private_key: at('other.key'), names: [...names, 'localhost', 'a.b.gw.example.com'] }),
    /own\.pem: the key .*other\.key belongs to another certificate; it is not valid for localhost, a\.b\.gw\.example\.com \(only for api\.example\.com, \*\.gw\.example\.com, 10\.0\.0\.1\)/,
  )
  openssl('req', '-new', '-key', 'own.key', '-out', 'own.csr', '-subj', '/CN=own')
  openssl('x509', '-req', '-in', 'own.csr', '-signkey', 'own.key', '-days', '-1', '-extfile', 'names', '-out', 'expired.pem')
  assert.match(await failure({ bundle, path: at('expired.pem') }), /it has expired on 20\d\d-\d\d-\d\d/)
  assert.match(await failure({ bundle, path: at('missing.pem') }), /file not found: .*missing\.pem/)
  assert.match(await failure({ bundle, path: at('own.key') }), /holds no certificate as PEM/)
  assert.match(await failure({ bundle, private_key: at('own.pem') }), /holds no private key as PEM/)
  openssl('rsa', '-in', 'own.key', '-aes256', '-passout', 'pass:secret-word', '-out', 'locked.key')
  assert.match(await failure({ bundle, private_key: at('locked.key') }), /locked\.key is encrypted: give its passphrase/)
  const wrong = await failure({ bundle, private_key: at('locked.key'), passphrase: 'guess-word' })
  assert.match(wrong, /the passphrase of .*locked\.key is not right/)
  assert.not.match(wrong, /guess-word/)
  assert.is(await failure({ bundle: undefined, private_key: at('locked.key'), passphrase: 'secret-word' }), '')
  assert.not.ok(existsSync(bundle))
})

test.after(() => host.close())
test.run()
