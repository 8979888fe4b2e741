/** toml_rendered and toml_keys on a home of our own words. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import toml_keys from '../../../tasks/apim/toml_keys.ts'
import toml_rendered from '../../../tasks/apim/toml_rendered.ts'
import { small, smallPack } from '../../product/small-pack.ts'
import { apply, localHost } from '../harness.ts'

const host = await localHost()
const home = join(host.directory, 'bread-server')
const path = join(home, 'repository/conf/deployment.toml')
const toml = '[shop]\nname = "corner"\npassword = "sesame"\n[secrets]\nx = "[plain]"\n'

function place(root: string, files: Iterable<[string, string]>): void {
  for (const [name, text] of files) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), text)
  }
}

/** A server that has started with this file. */
function start(text: string): void {
  rmSync(home, { recursive: true, force: true })
  place(home, [...Object.entries(small), ['repository/conf/deployment.toml', text], ...smallPack().render(text)])
}

const edit = (name: string, change: (text: string) => string) => writeFileSync(join(home, name), change(readFileSync(join(home, name), 'utf8')))

test('the files that a server made are those of its deployment.toml', async () => {
  start(toml)
  assert.equal((await apply(toml_rendered, { home })).result, { release: 'Bread Server v1.2.0', files: 2, differences: [] })
})

test('a file that was edited by hand: file, line and key, and no value', async () => {
  start(toml)
  edit('repository/conf/shop.xml', (text) => text.replace('sesame', 'open'))
  const { failed } = await apply(toml_rendered, { home }, { mustWork: false })
  assert.is(failed, 'the server does not run with what its deployment.toml says; it makes its files anew at its next start:\n  repository/conf/shop.xml:3: shop/password differs from shop.password of deployment.toml')
})

test('a deployment.toml that was changed after the start, and a file that is gone', async () => {
  start(toml)
  edit('repository/conf/deployment.toml', (text) => text.replace('corner', 'market'))
  rmSync(join(home, 'repository/conf/oven.properties'))
  const { failed } = await apply(toml_rendered, { home }, { mustWork: false })
  assert.match(failed!, /:\n {2}repository\/conf\/oven\.properties is not there\n {2}repository\/conf\/shop\.xml:1: shop@name differs from shop\.name of deployment\.toml\n {2}repository\/conf\/shop\.xml:2: shop\/sign differs from shop\.sign of deployment\.toml$/)
})

test('keys without effect: one that nothing reads is a warning, one that is lost a fault', async () => {
  start('[shop]\nname = "corner"\nnmae = "x"\n')
  assert.match((await apply(toml_rendered, { home })).plan.warnings![0]!, /deployment\.toml:3: shop\.nmae is read by nothing in Bread Server v1\.2\.0$/)
  const lost = '[table]\nb = 1\n'
  start(lost)
  place(home, [['repository/resources/conf/default.json', '{"table": {"a": "x"}}'], ['repository/resources/conf/templates/repository/conf/shop.xml.j2', '{% for k, v in table.items() %}{{ v }}{% endfor %}'], ['repository/conf/shop.xml', 'x\n'], ['repository/conf/oven.properties', 'temperature= left= right= rest=\n']])
  assert.match((await apply(toml_rendered, { home }, { mustWork: false })).failed!, /deployment\.toml says:\n {2}.*deployment\.toml:2 table\.b is lost/)
})

test('what is no home, no TOML, or would not start', async () => {
  start(toml)
  const said = async () => (await apply(toml_rendered, { home }, { mustWork: false })).failed!
  writeFileSync(path, '[shop]\nname = \n')
  assert.match(await said(), /deployment\.toml:2:\d+: TOML syntax error: /)
  writeFileSync(path, '[shop]\nname = "$ref{no.where}"\n')
  assert.match(await said(), /Bread Server v1\.2\.0 would not start with .*refers to a key that is not there/)
  rmSync(join(home, 'repository/resources'), { recursive: true })
  assert.match(await said(), /has no repository\/resources\/conf with the rules/)
  rmSync(path)
  assert.match(await said(), /deployment\.toml is not there/)
})

const pack = join(host.directory, 'pack')
const over = join(host.directory, 'over')
place(pack, Object.entries(small))
place(over, [['repository/resources/conf/templates/new.j2', '{{ new.key }}']])
const keys = async (args: Record<string, unknown>) => await apply(toml_keys, { path, pack: [pack, over], ...args }, { mustWork: false })
const asked = (run: Awaited<ReturnType<typeof keys>>) => run.facts.entries().flatMap(([probe]) => (probe.kind === 'texts' ? [`${probe.on ?? 'host'} ${probe.path}`] : []))

test('keys of settings: by the pack here as long as there is no home, then by the home', async () => {
  rmSync(home, { recursive: true, force: true })
  const first = await keys({ values: { shop: { name: 'x' }, new: { key: 1 } } })
  assert.equal([first.failed, first.result, asked(first)], [undefined, { release: 'Bread Server v1.2.0' }, [`controller ${pack}`, `controller ${over}`]])
  assert.is((await keys({ values: { shop: { nmae: 'x' } } })).failed, 'shop.nmae is read by nothing in Bread Server v1.2.0; did you mean shop.name?')
  start(toml)
  const later = await keys({ values: { new: { key: 1 } } })
  assert.equal([later.failed, asked(later)], ['new.key is read by nothing in Bread Server v1.2.0', [`host ${home}`]])
  assert.equal(asked(await keys({ values: { shop: { name: 'corner' } } })), [])
})

test('a pack that is none, and secrets that nothing names', async () => {
  rmSync(home, { recursive: true, force: true })
  assert.match((await keys({ pack: ['/nowhere'], values: { a: 1 } })).failed!, '/nowhere has no repository/resources/conf')
  const { plan } = await keys({ values: { shop: { password: '$secret{shop_password}' } }, secrets: ['shop_pasword', 'other'] })
  assert.equal(plan.warnings, ['the secret shop_pasword is used by nothing: no setting says $secret{shop_pasword}; did you mean shop_password?', 'the secret other is used by nothing: no setting says $secret{other}'])
})

test.after(() => host.close())
test.run()
