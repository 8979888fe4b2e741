import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { secretsIn } from '../../../src/engine/values/secret-arguments.ts'
import keystore from '../../../tasks/apim/keystore.ts'
import { normalName, normalSan, parseList } from '../../../tasks/apim/keystore/keytool-output.ts'
import { apply, localHost, parseArgs, treeHash } from '../harness.ts'

const host = await localHost()
const at = (name: string) => join(host.directory, name)
// What a shell, a property file or keytool might read as something else.
const PASSWORD = `s3cr et"'$(id)\\#`
const pair = {
  alias: 'apim',
  dname: 'CN=api.example.com, O="Foo, Inc", C=LK',
  san: ['dns:api.example.com', 'dns:localhost', 'ip:127.0.0.1', 'ip:::1'],
  key_size: 1024,
}
const wanted = { path: at('apim.jks'), password: PASSWORD, key_pair: pair, export: { alias: 'apim', path: at('apim.pem') } }

const list = (path: string, password: string) =>
  spawnSync('keytool', ['-list', '-v', '-keystore', path, '-storepass:env', 'P'], {
    env: { ...process.env, P: password, LC_ALL: 'C' },
    encoding: 'utf8',
  }).stdout
const summaries = (run: { plan: { changes: { summary: string }[] } }) => run.plan.changes.map((change) => change.summary)

test('check on an empty machine predicts, and changes nothing', async () => {
  const before = treeHash(host.directory)
  const run = await apply(keystore, wanted, { check: true })
  assert.equal(summaries(run), [`generate key pair apim in ${at('apim.jks')}`, `export certificate apim to ${at('apim.pem')}`])
  assert.is(treeHash(host.directory), before)
})

test('a key pair is generated once, and never again', async () => {
  const first = await apply(keystore, wanted)
  assert.ok(first.changed)
  const [entry] = parseList(list(at('apim.jks'), PASSWORD))
  assert.is(entry!.kind, 'key')
  assert.equal(entry!.san, pair.san.map(normalSan))
  assert.is(statSync(at('apim.jks')).mode & 0o777, 0o600)
  assert.is(readFileSync(at('apim.jks')).readUInt32BE(0), 0xfeedfeed, 'JKS, as the product expects')
  const hash = treeHash(host.directory)
  assert.is((await apply(keystore, wanted)).changed, false)
  assert.is(treeHash(host.directory), hash)
  assert.equal(
    readdirSync(host.directory).filter((name) => name.includes('aarun-new')),
    [],
    'nothing is left beside',
  )
  assert.is((first.result.aliases as { sha256: string }[])[0]!.sha256, entry!.sha256)
})

test('the certificate is accepted by OpenSSL as its own authority, with the names', () => {
  execFileSync('openssl', ['verify', '-CAfile', at('apim.pem'), '-verify_hostname', 'localhost', at('apim.pem')])
})

test('an exported file that was changed is written again', async () => {
  const good = readFileSync(at('apim.pem'), 'utf8')
  writeFileSync(at('apim.pem'), 'nonsense\n')
  await apply(keystore, wanted)
  assert.is(readFileSync(at('apim.pem'), 'utf8'), good)
})

test('other names are refused with what to do, and renewed when asked for', async () => {
  const other = { ...wanted, key_pair: { ...pair, san: ['dns:other'] } }
  const refused = await apply(keystore, other, { mustWork: false })
  assert.match(refused.failed!, /instead of dns:other.*renew: true/)
  const before = parseList(list(at('apim.jks'), PASSWORD))[0]!.sha256
  await apply(keystore, { ...other, key_pair: { ...other.key_pair, renew: true } })
  assert.is.not(parseList(list(at('apim.jks'), PASSWORD))[0]!.sha256, before)
})

test('a wrong password is one clear line', async () => {
  const run = await apply(keystore, { ...wanted, password: 'not the password' }, { mustWork: false })
  assert.ok(run.failed?.startsWith(`the password of ${at('apim.jks')} is not right: give the one that opens it`), run.failed)
  assert.not.match(run.failed ?? '', /\n/)
})

test('a file that is no keystore is named', async () => {
  writeFileSync(at('junk'), 'junk')
  const run = await apply(keystore, { path: at('junk'), password: PASSWORD, absent_aliases: ['x'] }, { mustWork: false })
  assert.is(run.failed, `${at('junk')} is not a keystore`)
})

test('certificates are trusted by fingerprint: absent, same, different', async () => {
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'rsa:1024',
      '-nodes',
      '-keyout',
      at('old.key'),
      '-out',
      at('old.pem'),
      '-days',
      '2',
      '-subj',
      '/CN=old',
    ],
    { stdio: 'ignore' },
  )
  const trust = {
    path: at('trust.jks'),
    password: 'wso2carbon',
    trusted: [
      { alias: 'apim', certificate: at('old.pem') },
      { alias: 'gateway_certificate_alias', from_keystore: { path: at('apim.jks'), password: PASSWORD, alias: 'apim' } },
    ],
  }
  assert.is(summaries(await apply(keystore, trust)).length, 2)
  assert.is((await apply(keystore, trust)).changed, false)
  writeFileSync(at('old.pem'), readFileSync(at('apim.pem')))
  const replaced = await apply(keystore, trust)
  assert.equal(summaries(replaced), [`replace certificate apim in ${at('trust.jks')}`])
  const prints = new Set(parseList(list(at('trust.jks'), 'wso2carbon')).map((entry) => entry.sha256))
  assert.is(prints.size, 1)
  await apply(keystore, { path: at('trust.jks'), password: 'wso2carbon', absent_aliases: ['APIM', 'none'] })
  assert.equal(
    parseList(list(at('trust.jks'), 'wso2carbon')).map((entry) => entry.alias),
    ['gateway_certificate_alias'],
  )
})

test('a store that is there keeps the type that its bytes tell, whatever its name', async () => {
  const path = at('client-truststore.jks')
  execFileSync('keytool', ['-genkeypair', '-alias', 'shipped', '-keyalg', 'RSA', '-dname', 'CN=x', '-keystore', path, '-storetype', 'PKCS12', '-storepass', 'wso2carbon'], { stdio: 'ignore' })
  const truststore = { path, password: 'changed-word', old_password: 'wso2carbon', trusted: [{ alias: 'apim', certificate: at('apim.pem') }], absent_aliases: ['shipped'] }
  const run = await apply(keystore, truststore)
  assert.is(run.result.type, 'PKCS12')
  assert.is(readFileSync(path)[0], 0x30, 'still PKCS12')
  assert.equal(parseList(list(path, 'changed-word')).map((entry) => entry.alias), ['apim'])
  assert.is((await apply(keystore, truststore)).changed, false)
  assert.is((await apply(keystore, { path: at('apim.jks'), password: PASSWORD })).result.type, 'JKS')
  const refused = await apply(keystore, { ...truststore, type: 'JKS' }, { mustWork: false })
  assert.match(refused.failed!, /client-truststore\.jks is a PKCS12 keystore, not JKS: set type: PKCS12/)
  const other = await apply(keystore, { ...truststore, key_pair: { ...pair, key_password: 'another-one' } }, { mustWork: false })
  assert.match(other.failed!, /is a PKCS12 keystore, in which the key has the password of the store/)
})

test('store and key password are changed together, from the old one', async () => {
  const args = {
    ...wanted,
    export: [],
    key_pair: { ...pair, san: ['dns:other'] },
    password: 'another one',
    old_password: PASSWORD,
  }
  const run = await apply(keystore, args)
  assert.equal(summaries(run), [
    `change the password of ${at('apim.jks')}`,
    `change the key password of apim in ${at('apim.jks')}`,
  ])
  assert.match(list(at('apim.jks'), 'another one'), /PrivateKeyEntry/)
  const apart = await apply(keystore, { ...args, key_pair: { ...args.key_pair, key_password: 'key secret' } })
  assert.equal(summaries(apart), [`change the key password of apim in ${at('apim.jks')}`])
  const wrong = await apply(
    keystore,
    { ...args, key_pair: { ...args.key_pair, key_password: 'neither' }, old_password: 'x' },
    { mustWork: false },
  )
  assert.match(wrong.failed!, /the key password of alias apim .* is not right/)
})

test('a key pair is imported from PEM, with an encrypted key, and replaced when the certificate is another', async () => {
  const make = (name: string) => {
    const args = [
      'req',
      '-x509',
      '-newkey',
      'rsa:1024',
      '-keyout',
      at(`${name}.key`),
      '-out',
      at(`${name}.crt`),
      '-days',
      '2',
      '-subj',
      `/CN=${name}`,
      '-passout',
      'pass:geheim',
    ]
    execFileSync('openssl', args, { stdio: 'ignore' })
    return { certificate: at(`${name}.crt`), private_key: at(`${name}.key`), passphrase: 'geheim' }
  }
  const store = { path: at('pem store.p12'), password: PASSWORD, type: 'pkcs12' }
  await apply(keystore, { ...store, key_pair: { alias: 'apim', ...make('one') } })
  assert.is(parseList(list(store.path, PASSWORD))[0]!.owner, 'CN=one')
  const second = await apply(keystore, { ...store, key_pair: { alias: 'apim', ...make('two') } })
  assert.equal(summaries(second), [`replace key pair apim in ${store.path}`])
  const kept = await apply(keystore, { ...store, key_pair: { alias: 'apim', replace: false, ...make('three') } }, { mustWork: false })
  assert.match(kept.failed!, /key pair apim in .*pem store\.p12 is another than .*three\.crt\. Tokens, API keys and stored data of the one that is there would be unusable/)
  const copied = {
    path: at('copy.jks'),
    password: 'secret2',
    key_pair: { alias: 'node', import_keystore: { path: store.path, password: PASSWORD, type: 'PKCS12', alias: 'apim' } },
  }
  await apply(keystore, copied)
  assert.is(parseList(list(at('copy.jks'), 'secret2'))[0]!.owner, 'CN=two')
})

test('a failing import leaves the store as it was', async () => {
  const before = readFileSync(at('copy.jks'))
  writeFileSync(at('bad.crt'), readFileSync(at('one.crt')))
  const run = await apply(
    keystore,
    {
      path: at('copy.jks'),
      password: 'secret2',
      key_pair: { alias: 'node', certificate: at('bad.crt'), private_key: at('two.key'), passphrase: 'geheim' },
    },
    { mustWork: false },
  )
  assert.ok(run.failed)
  assert.equal(readFileSync(at('copy.jks')), before)
})

test('no password is ever in argv', async () => {
  const run = await apply(
    keystore,
    {
      ...wanted,
      path: at('other.jks'),
      trusted: [{ alias: 'x', from_keystore: { path: at('copy.jks'), password: 'secret2', alias: 'node' } }],
    },
    { check: true },
  )
  const argv = JSON.stringify(
    [...run.plan.changes.flatMap((change) => change.actions), ...run.facts.entries().map(([probe]) => probe)].map((one) =>
      'argv' in one ? one.argv : [],
    ),
  )
  for (const password of [PASSWORD, 'secret2']) assert.not.ok(argv.includes(JSON.stringify(password).slice(1, -1)))
})

test('absent removes the file; missing sources and a missing keytool are named', async () => {
  assert.ok((await apply(keystore, { path: at('copy.jks'), password: 'secret2', state: 'absent' })).changed)
  assert.not.ok(existsSync(at('copy.jks')))
  const missing = await apply(
    keystore,
    { path: at('trust.jks'), password: 'wso2carbon', trusted: [{ alias: 'y', certificate: at('none.pem') }] },
    { mustWork: false },
  )
  assert.match(missing.failed!, /none\.pem could not be read/)
  const tool = await apply(keystore, { path: at('trust.jks'), password: 'wso2carbon', java_home: at('nojdk'), trusted: [{ alias: 'y', certificate: at('apim.pem') }] }, { mustWork: false })
  assert.match(tool.failed!, /nojdk\/bin\/keytool.*install a JDK/)
})

test('arguments that contradict each other are refused', () => {
  assert.throws(() => parseArgs(keystore, { ...wanted, password: 'short' }), /6 characters/)
  assert.throws(() => parseArgs(keystore, { ...wanted, key_pair: { alias: 'a' } }), /dname is needed/)
  assert.throws(
    () => parseArgs(keystore, { ...wanted, type: 'PKCS12', key_pair: { ...pair, key_password: 'another' } }),
    /password of the store/,
  )
  assert.throws(
    () => parseArgs(keystore, { path: '/x', password: 'secret', trusted: [{ alias: 'a' }] }),
    /either certificate or from_keystore/,
  )
})

test('every password, however deep, is known to the engine as a secret', () => {
  const raw = {
    path: '/x', password: 'S-store', old_password: 'S-oldone',
    key_pair: { alias: 'a', key_password: 'S-keypass', passphrase: 'S-phrase', import_keystore: { path: '/y', password: 'S-source', alias: 'b', key_password: 'S-sourcekey' } },
    trusted: [{ alias: 't', from_keystore: { path: '/z', password: 'S-trusted', alias: 'c' } }],
  }
  const found = secretsIn(keystore, parseArgs(keystore, raw) as Record<string, unknown>)
  const wanted = JSON.stringify(raw).match(/S-\w+/g)!
  assert.is(wanted.length, 7)
  for (const secret of wanted) assert.ok(found.includes(secret), `${secret} would not be masked`)
})

test('names are compared whatever their form', () => {
  assert.equal(normalName('CN=a,O="Foo, Inc",  s=X'), normalName('cn = a, O=Foo\\, Inc, ST=X'))
  assert.is(normalSan('IP:fe80::1:0'), 'ip:fe80:0:0:0:0:0:1:0')
})

test.after(() => host.close())
test.run()
