import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { formatInputError, type InputError, loadYaml, Vault } from '../../src/yaml/index.ts'

/** Made with ansible-vault (ansible-core 2.19): password "secret-pw", and "id-pw" with the id "prod". */
const made11 = `$ANSIBLE_VAULT;1.1;AES256
65323034616134623464643536333933373535313535346365623535366161666233353233353366
3166643166663937636363346261326235373165636334610a653835643839363639376130656139
63386462653537613635646364346330396636613835386466373730643132633632646665393730
3062363433393934660a306633313937316139663465373361353563363963623235396232653630
35666331313536363933646535393862663865316262363463393461653036393562393430646162
30333062373431333530373839653339656335666439613761343565636431323635313238613530
613231663962356465396461643234363437
`
const made12 = `$ANSIBLE_VAULT;1.2;AES256;prod
33623737653461626264623434386263616637363065306263353430663133643664396166386265
3266646334363731353266646565333866393466613063300a653937366639306639656336353065
38623865303238386639316434623734653165346631343237613561393432616138363530383661
3437666665353564370a633037643032313464313935336562663436613361343862633062633432
34636566653863373464323139313233336337303564306161343164633137636532623631363332
62343130366366396563653165636265393938656535653264613830323562666635326464363430
613438663463356566313866393665643834
`
const inline = `inline: !vault |
          $ANSIBLE_VAULT;1.1;AES256
          30633536613136386235643532366638613834633837646333613662616533346135666165656630
          3138393631663862336530653563366231313262386137360a383062376531363338303864653530
          38646366633434313561316461626531303737636264366439333264643666343936623939653736
          3961373134653138610a353036363336386262333835636262663133326332366438393435623362
          66643665616335663363633935613939636537383663386130323665373833336265

plain: 1
`
const secrets = [
  { id: 'default', password: 'secret-pw' },
  { id: 'prod', password: 'id-pw' },
]

test('reads what ansible-vault wrote', () => {
  const plain = { db_password: 's3cr3t-väl', nested: { token: 'abc123' } }
  const seen: string[] = []
  const vault = new Vault(secrets, { onSecret: (value) => seen.push(value) })
  assert.equal(loadYaml({ name: 'a.yml', text: made11 }, { vault }).value, plain)
  assert.equal(seen, ['s3cr3t-väl', 'abc123'])
  assert.equal(loadYaml({ name: 'b.yml', text: made12 }, { vault }).value, plain)
})

test('an inline value is decrypted when it is read, and told', () => {
  const seen: string[] = []
  const vault = new Vault(secrets, { onSecret: (value) => seen.push(value) })
  const value = loadYaml({ name: 'a.yml', text: inline }, { vault }).value as { inline: string; plain: number }
  assert.equal(seen, [])
  assert.is(value.inline, 'inline {{ x }} secret')
  assert.equal(seen, ['inline {{ x }} secret'])
  assert.is({ ...value }.inline, 'inline {{ x }} secret')
})

test('without a password only the use is an error', () => {
  const value = loadYaml({ name: 'a.yml', text: inline }).value as { inline: string; plain: number }
  assert.is(value.plain, 1)
  try {
    void value.inline
    assert.unreachable()
  } catch (error) {
    assert.match(formatInputError(error as InputError), /^a\.yml:1:\d+: encrypted with vault, but no vault password/)
  }
})

test('a wrong password is told, and nothing of the text is shown', () => {
  const vault = new Vault([{ id: 'default', password: 'wrong' }])
  try {
    loadYaml({ name: 'a.yml', text: made11 }, { vault })
    assert.unreachable()
  } catch (error) {
    assert.match((error as Error).message, /no vault password fits/)
    assert.equal((error as InputError).position, { file: 'a.yml', line: 1, column: 1 })
  }
})

test('a changed text does not decrypt', () => {
  const vault = new Vault(secrets)
  assert.throws(() => vault.decrypt(made11.replace('3132', '3133')), /fits|damaged/)
  assert.throws(() => vault.decrypt('$ANSIBLE_VAULT;1.1;AES256\n6162'), /damaged/)
  assert.throws(() => vault.decrypt('$ANSIBLE_VAULT;1.0;AES\n00'), /not a vault text/)
})

test('an error in a decrypted file does not show its lines', () => {
  const vault = new Vault(secrets)
  const text = vault.encrypt('password: geheim\npassword: geheim2\n')
  try {
    loadYaml({ name: 'hidden.yml', text }, { vault })
    assert.unreachable()
  } catch (error) {
    assert.not.match(formatInputError(error as InputError), /geheim/)
    assert.match(formatInputError(error as InputError), /hidden\.yml:2:1/)
  }
})

for (const plain of ['', 'x', 'sixteen letters!', 'ünïcode\nlines\n', 'a'.repeat(10_000)]) {
  test(`round trip of ${plain.length} characters`, () => {
    const vault = new Vault(secrets)
    for (const id of ['default', 'prod']) {
      const text = vault.encrypt(plain, id)
      assert.ok(text.startsWith(id === 'prod' ? '$ANSIBLE_VAULT;1.2;AES256;prod\n' : '$ANSIBLE_VAULT;1.1;AES256\n'))
      assert.is(new Vault(secrets).decrypt(text), plain)
    }
  })
}

test('a label picks the secret, but others are tried too', () => {
  const text = new Vault([{ id: 'prod', password: 'id-pw' }]).encrypt('x')
  assert.is(new Vault([{ id: 'other', password: 'id-pw' }]).decrypt(text), 'x')
})

test.run()
