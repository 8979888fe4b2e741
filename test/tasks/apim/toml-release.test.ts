/** toml on the deployment.toml of a home: the rules of its release decide what may be written. */
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import toml from '../../../tasks/apim/toml.ts'
import { small } from '../../product/small-pack.ts'
import { apply, localHost } from '../harness.ts'

const host = await localHost()
const home = join(host.directory, 'bread-server')
const path = join(home, 'repository/conf/deployment.toml')
const read = () => readFileSync(path, 'utf8')
/** What a task asked for beside the file itself. */
const asked = (run: Awaited<ReturnType<typeof apply>>) => run.facts.entries().filter(([{ kind }]) => kind === 'texts').length

test.before.each(() => {
  rmSync(home, { recursive: true, force: true })
  for (const [name, text] of Object.entries(small)) {
    mkdirSync(dirname(join(home, name)), { recursive: true })
    writeFileSync(join(home, name), text)
  }
})

test('a key that the release does not read is not written: key, release, and the nearest', async () => {
  const before = read()
  const run = await apply(toml, { path, values: { shop: { name: 'x', nmae: 'y' } } }, { mustWork: false })
  assert.is(run.failed, `nothing was written to ${path}: shop.nmae is read by nothing in Bread Server v1.2.0; did you mean shop.name?`)
  const two = await apply(toml, { path, values: { oven: { heet: 1 }, zz: 1 } }, { mustWork: false })
  assert.match(two.failed!, /deployment\.toml: \n {2}oven\.heet .*did you mean oven\.heat\?\n {2}zz is read by nothing/)
  assert.is(read(), before)
})

test('what counts is what this task writes, where it stands', async () => {
  appendFileSync(path, "[old]\ntypo = 1\n[my]\nhost = 'h'\n")
  await apply(toml, { path, values: { shop: { name: '$ref{my.host} $ref{my.port}' }, my: { port: 1 } }, overrides: { shop: { nmae: 'not written' } } })
  assert.match(read(), 'port = 1')
})

test('rules are asked for only when the text changes, and only of a home', async () => {
  const values = { shop: { name: 'other' } }
  const asks = async (args: Record<string, unknown>) => asked(await apply(toml, args, { check: true }))
  assert.is(await asks({ path, values }), 1)
  await apply(toml, { path, values })
  assert.is(await asks({ path, values }), 0)
  assert.is(await asks({ path, values, mode: '0600' }), 0)
  const elsewhere = join(host.directory, 'deployment.toml')
  writeFileSync(elsewhere, '')
  assert.is(await asks({ path: elsewhere, values: { any: 1 } }), 0)
  assert.is(await asks({ path, values: { any: 1 }, home: '' }), 0)
  const named = await apply(toml, { path: elsewhere, values: { some: 1 }, home }, { mustWork: false })
  assert.match(named.failed!, 'some is read by nothing in Bread Server v1.2.0')
})

test('a value with which the server would not start', async () => {
  const run = await apply(toml, { path, values: { shop: { kind: 'market', colour: 'blue' } } }, { mustWork: false })
  assert.is(run.failed, `nothing was written to ${path}: Bread Server v1.2.0 would not start with it: a market is red or green`)
  // What was wrong before is not this task's to judge; and secrets and references may follow later.
  writeFileSync(path, '[shop]\nkind = "market"\ncolour = "blue"\n')
  await apply(toml, { path, values: { shop: { name: '$ref{later.on}', password: '$secret{later}' } } })
})

test('the diff shows what becomes of the rendered files, without secrets, and only where a diff is shown', async () => {
  const args = { path, values: { shop: { name: 'market', password: 'sesame', sign: '$secret{later}' } } }
  const shown = async (diff: boolean) => (await apply(toml, args, { check: true, context: { diff } })).plan.changes.flatMap(({ effects }) => effects ?? []).join('')
  assert.is(await shown(false), '')
  const effects = await shown(true)
  assert.match(effects, /^--- before: repository\/conf\/shop\.xml\n\+\+\+ after: repository\/conf\/shop\.xml\n/)
  assert.match(effects, '-<shop name="corner" rate="4000.0">\n-  <sign>corner of Nowhere</sign>\n-  <password></password>\n+<shop name="market" rate="4000.0">\n+  <sign>$secret{later}</sign>\n+  <password>********</password>\n')
  assert.not.match(effects, 'sesame')
})

test('what can not be shown yet is a warning', async () => {
  const { plan } = await apply(toml, { path, values: { shop: { name: '$ref{later.on}' } } }, { check: true, context: { diff: true } })
  assert.equal(plan.warnings, ['what the product makes of it can\'t be shown yet: `$ref{later.on}` refers to a key that is not there'])
  assert.is(plan.changes.length, 1)
})

test('a home without rules is a warning', async () => {
  rmSync(join(home, 'repository/resources'), { recursive: true })
  const { plan } = await apply(toml, { path, values: { any: 1 } }, { check: true })
  assert.equal(plan.warnings, [`${home} has no repository/resources/conf with the rules of its release: the keys of ${path} are not checked`])
})

test.after(() => host.close())
test.run()
