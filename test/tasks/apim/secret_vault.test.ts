import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import keystore from '../../../tasks/apim/keystore.ts'
import secretVault from '../../../tasks/apim/secret_vault.ts'
import { encryptingKeystore, joinSecrets, plainValue, referredAliases, splitSecrets } from '../../../tasks/apim/secrets-section.ts'
import { compiledPack, packOf } from '../../pack/compiled.ts'
import { apply, localHost, parseArgs, treeHash, type Run } from '../harness.ts'

const host = await localHost()
const home = join(host.directory, "home of 'wso2'")
packOf('4.2.0', home, compiledPack(host.directory))
const toml = join(home, 'repository/conf/deployment.toml')
const intent = join(home, 'repository/conf/security/.aarun-secrets.json')
const HOSTILE = `p"a\\s's $(id) [x] ]ü\t#=`
const secrets = { admin_password: 'admin secret', db_password: HOSTILE }
const wanted = { home, keystore_password: 'wso2carbon', secrets }
writeFileSync(
  toml,
  readFileSync(toml, 'utf8')
    .replace('password = "admin"', 'password = "$secret{admin_password}"')
    .replace(/\n#\[secrets\][\s\S]*$/, '\n'),
)
chmodSync(toml, 0o640)

const summaries = (run: Run) => run.plan.changes.map((change) => change.summary)
const values = () => splitSecrets(readFileSync(toml, 'utf8')).secrets

/** Decrypts as the product does, with the private key of the keystore. */
function decrypt(value: string, store = 'wso2carbon.jks', alias = 'wso2carbon', password = 'wso2carbon'): string {
  const path = join(home, 'repository/resources/security', store)
  const copy = join(host.directory, 'key.p12')
  const env = { ...process.env, P: password }
  rmSync(copy, { force: true })
  spawnSync(
    'keytool',
    [
      '-importkeystore',
      '-noprompt',
      '-srckeystore',
      path,
      '-destkeystore',
      copy,
      '-deststoretype',
      'PKCS12',
      '-srcstorepass:env',
      'P',
      '-deststorepass:env',
      'P',
      '-srcalias',
      alias,
    ],
    { env },
  )
  const key = spawnSync('openssl', ['pkcs12', '-in', copy, '-nodes', '-nocerts', '-passin', 'env:P'], {
    env,
    encoding: 'utf8',
  }).stdout
  writeFileSync(join(host.directory, 'key.pem'), key)
  const args = ['pkeyutl', '-decrypt', '-inkey', join(host.directory, 'key.pem'), '-pkeyopt', 'rsa_padding_mode:oaep']
  return spawnSync('openssl', args, { input: Buffer.from(value, 'base64'), encoding: 'utf8' }).stdout
}

test('check predicts and changes nothing; apply encrypts; then nothing is left to do', async () => {
  const before = treeHash(host.directory)
  const head = readFileSync(toml, 'utf8').trimEnd()
  const check = await apply(secretVault, wanted, { check: true })
  assert.equal(summaries(check), [`encrypt admin_password, db_password in ${home}/repository/conf/deployment.toml`])
  assert.is(treeHash(host.directory), before)
  await apply(secretVault, wanted)
  const text = readFileSync(toml, 'utf8')
  assert.ok(text.startsWith(head), 'nothing else was changed')
  assert.equal([...values().keys()], Object.keys(secrets))
  assert.is(decrypt(values().get('db_password')!), HOSTILE)
  assert.is(decrypt(values().get('admin_password')!), 'admin secret')
  assert.is(statSync(toml).mode & 0o777, 0o640)
  assert.is(statSync(intent).mode & 0o777, 0o600)
  const hash = treeHash(home)
  assert.equal(summaries(await apply(secretVault, wanted)), [])
  assert.is(treeHash(home), hash)
})

test('no secret is in the intent, a diff, argv or a file that is left behind', async () => {
  const check = await apply(secretVault, { ...wanted, secrets: { ...secrets, db_password: 'brand new' } }, { check: true })
  const [change] = check.plan.changes
  const action = change!.actions[0] as { args?: string[] }
  const shown = JSON.stringify([change!.summary, change!.before, change!.after, action.args]) + readFileSync(intent, 'utf8')
  for (const secret of ['admin secret', 'brand new', 'wso2carbon"']) assert.not.ok(shown.includes(secret))
  assert.equal(
    readdirSync(home).filter((name) => name.includes('vault')),
    [],
  )
  if (existsSync('/dev/shm'))
    assert.equal(
      readdirSync('/dev/shm').filter((name) => name.startsWith('aarun-vault')),
      [],
    )
})

test('only the secret that changed is encrypted anew', async () => {
  const before = values()
  const run = await apply(secretVault, { ...wanted, secrets: { ...secrets, db_password: 'next', third: '3' } })
  assert.is(run.plan.result!.encrypted, 2)
  assert.is(values().get('admin_password'), before.get('admin_password'))
  assert.is.not(values().get('db_password'), before.get('db_password'))
  await apply(secretVault, wanted)
  assert.equal([...values().keys()], ['admin_password', 'db_password'])
})

test('a section behind [secrets], or a comment in it, is put in order before the tool sees it', async () => {
  writeFileSync(
    toml,
    `${readFileSync(toml, 'utf8').replace('[secrets]\n', '[secrets]\n# a comment\n')}\n[server.extra]\nx = "kept"\n`,
  )
  await apply(secretVault, wanted)
  const text = readFileSync(toml, 'utf8')
  assert.match(text, /\[server\.extra\]\nx = "kept"\n\n\[secrets\]\n/)
  assert.not.match(text, /# a comment/)
})

test('a tool that fails leaves everything as it was, and says why', async () => {
  const before = treeHash(home)
  const wrong = await apply(
    secretVault,
    { ...wanted, keystore_password: 'wrong "pass\' word' },
    { mustWork: false, converges: false },
  )
  assert.match(
    wrong.verify!.failed!,
    /could not open .*wso2carbon\.jks: keystore_password is not right; deployment.toml was not changed/,
  )
  assert.is(treeHash(home), before)
  writeFileSync(join(home, 'cut.sh'), 'echo "[other]" > "$CARBON_HOME/repository/conf/deployment.toml"\n')
  const cut = await apply(
    secretVault,
    { ...wanted, secrets: { ...secrets, db_password: 'x' }, tool: 'cut.sh' },
    { converges: false },
  )
  assert.match(cut.verify!.failed!, /changed more of deployment.toml than \[secrets\]/)
  writeFileSync(join(home, 'lazy.sh'), 'exit 0\n')
  const lazy = await apply(
    secretVault,
    { ...wanted, secrets: { ...secrets, db_password: 'x' }, tool: 'lazy.sh' },
    { converges: false },
  )
  assert.match(lazy.verify!.failed!, /did not encrypt every secret/)
  const none = await apply(
    secretVault,
    { ...wanted, secrets: { ...secrets, db_password: 'x' }, tool: 'none.sh' },
    { converges: false },
  )
  assert.match(none.verify!.failed!, /there is no cipher tool none\.sh/)
  assert.equal(summaries(await apply(secretVault, wanted)), [])
})

test('another keystore means to encrypt all anew', async () => {
  const store = {
    path: join(home, 'repository/resources/security/own.jks'),
    password: 'another',
    key_pair: { alias: 'own', dname: 'CN=own' },
  }
  await apply(keystore, store)
  const section =
    '[keystore.internal]\nfile_name = "own.jks"\ntype = "JKS"\npassword = "another"\nalias = "own"\nkey_password = "another"\n\n[keystore.tls]'
  writeFileSync(toml, readFileSync(toml, 'utf8').replace('[keystore.tls]', section))
  const run = await apply(secretVault, { ...wanted, keystore_password: 'another' })
  assert.is(run.plan.result!.encrypted, 2)
  assert.is(decrypt(values().get('db_password')!, 'own.jks', 'own', 'another'), HOSTILE)
})

test('a tool that reads the keystore of the last start out of carbon.xml is shown the one that is meant', async () => {
  const carbon = join(home, 'repository/conf/carbon.xml')
  const ofLastStart = '<Server><Security><InternalKeyStore><Location>${carbon.home}/repository/resources/security/wso2carbon.jks</Location></InternalKeyStore></Security></Server>\n'
  writeFileSync(carbon, ofLastStart)
  const tool = [
    'location=$(sed -n "s:.*<InternalKeyStore><Location>\\([^<]*\\)<.*<KeyAlias>\\([^<]*\\)<.*:\\1 with \\2:p" "$CARBON_HOME/repository/conf/carbon.xml")',
    'echo "{type: JKS, alias: x, path: ${location% with *}}"',
    'case $location in *"/own.jks with own") exec sh "$CARBON_HOME/bin/ciphertool.sh" "$@" ;; esac',
    'echo "Keystore was tampered with, or password was incorrect"; exit 1',
  ]
  writeFileSync(join(home, 'old.sh'), `${tool.join('\n')}\n`)
  const run = await apply(secretVault, { ...wanted, secrets: { ...secrets, db_password: 'old tool' }, keystore_password: 'another', tool: 'old.sh' })
  assert.is(run.plan.result!.encrypted, 1)
  assert.is(decrypt(values().get('db_password')!, 'own.jks', 'own', 'another'), 'old tool')
  assert.is(readFileSync(carbon, 'utf8'), ofLastStart)
  rmSync(carbon)
  writeFileSync(join(home, 'other.sh'), 'echo "{type: JKS, alias: x, path: /elsewhere/wso2carbon.jks}"; echo "password was incorrect"; exit 1\n')
  const other = await apply(secretVault, { ...wanted, keystore_password: 'another', tool: 'other.sh' }, { mustWork: false, converges: false })
  assert.match(other.verify!.failed!, /took another keystore, \/elsewhere\/wso2carbon\.jks, which keystore_password does not open/)
})

test('what would stop the server later is refused now', async () => {
  const lost = await apply(secretVault, { ...wanted, secrets: { db_password: 'x' } }, { mustWork: false })
  assert.match(lost.failed!, /refers to \$secret\{admin_password\}, but secrets has no admin_password/)
  const nohome = await apply(secretVault, { ...wanted, home: join(host.directory, 'none') }, { mustWork: false })
  assert.match(nohome.failed!, /there is no .*deployment\.toml: unpack the pack first/)
  assert.throws(() => parseArgs(secretVault, { ...wanted, secrets: { 'a b': 'x' } }), /alias/)
  assert.throws(() => parseArgs(secretVault, { ...wanted, secrets: { a: '' } }), /must not be empty/)
})

test('the text of deployment.toml is split and joined', () => {
  const text = '[a]\nx = "$secret{one}" # $secret{two}\n# $secret{three}\n\n[secrets]\none = "abc"\n'
  const { head, secrets: found, tidy } = splitSecrets(text)
  assert.ok(tidy)
  assert.is(joinSecrets(head, [...found]), text)
  assert.equal(referredAliases(head), ['one', 'two'])
  assert.not.ok(splitSecrets(`${text}[b]\n`).tidy)
  assert.is(plainValue('a"b\\c\n'), '[a\\"b\\\\c\\n]')
  assert.equal(encryptingKeystore('[keystore.primary]\nfile_name = "p.jks"\nalias = "p"\n[keystore.tls]\nfile_name = "t.jks"\n'), { file: 'p.jks', type: 'JKS', alias: 'p' })
  assert.equal(encryptingKeystore('[keystore.primary]\nfile_name = "p.jks"\n[keystore.internal]\nfile_name = "$ref{keystore.primary.file_name}"\ntype = "PKCS12"\n'), { file: 'p.jks', type: 'PKCS12', alias: 'wso2carbon' })
  assert.is(encryptingKeystore('').file, 'wso2carbon.jks')
})

test.after(() => host.close())
test.run()
