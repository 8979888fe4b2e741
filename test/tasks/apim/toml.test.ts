/** The toml module on real files; test/tasks/toml-edit.test.ts tests the edits themselves. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import TOML from '@iarna/toml'
import fc from 'fast-check'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import toml from '../../../tasks/apim/toml.ts'
import { apply, laws, localHost, parseArgs } from '../harness.ts'
import { hostileName, hostileText } from '../harness/hostile.ts'
import { DEPLOYMENT } from './toml-deployment.ts'

const host = await localHost()
const path = join(host.directory, 'deployment.toml')
const read = () => readFileSync(path, 'utf8')

test('overrides win where both say something, and say nothing else', async () => {
  writeFileSync(path, '[a]\nx = 1\n')
  const values = { a: { x: 2, y: 2 }, env: [{ name: 'one', type: 'hybrid' }, { name: 'two', type: 'hybrid' }], list: [1] }
  const overrides = { a: { x: 3, z: 3 }, b: { own: true }, env: [{ name: 'two', type: 'production', more: 1 }, { name: 'three' }], list: [2, 3] }
  await apply(toml, { path, values, overrides, merge_key: 'name' })
  assert.equal(TOML.parse(read()), { list: [2, 3], a: { x: 3, y: 2 }, env: [{ name: 'one', type: 'hybrid' }, { name: 'two', type: 'production' }] })
})

test('sets values, keeps the rest, and is idempotent', async () => {
  writeFileSync(path, DEPLOYMENT)
  const args = {
    path,
    values: { server: { hostname: 'gw', offset: 1 }, apim: { throttling: { url_group: [{ type: 'failover' }] } } },
    absent: ['user_store'],
    mode: '0640',
    backup: true,
  }
  const run = await apply(toml, args)
  assert.match(read(), '# managed by hand until now\n')
  assert.match(read(), 'hostname = "gw" # public name\n')
  assert.not.match(read(), 'user_store')
  assert.is(run.result.msg, 'values changed')
  assert.is(readFileSync(String(run.result.backup_file), 'utf8'), DEPLOYMENT)
  assert.is((await apply(toml, args)).changed, false)
})

test('secrets are not in the diff, and the content is marked', async () => {
  writeFileSync(path, DEPLOYMENT)
  const run = await apply(toml, { path, values: { super_admin: { password: 'geheim' } } }, { check: true })
  const [change] = run.plan.changes
  const { content, ...action } = change!.actions[0] as { content: Uint8Array; secret?: boolean }
  assert.not.match(JSON.stringify({ ...change, actions: [action] }), 'geheim')
  assert.match(Buffer.from(content).toString(), 'geheim')
  assert.is(action.secret, true)
  assert.match(change!.after!.text, 'password = "********" (another value)')
})

test('missing file', async () => {
  const fresh = join(host.directory, 'new/x.toml')
  assert.match((await apply(toml, { path: fresh, values: { a: 1 } }, { mustWork: false })).failed!, /does not exist: use create/)
  await apply(toml, { path: fresh, values: { a: { b: 1 } }, create: true })
  assert.is(readFileSync(fresh, 'utf8'), '[a]\nb = 1\n')
})

test('a syntax error is told with its place, and nothing is written', async () => {
  writeFileSync(path, 'a = 1\n[x]\nb = = "geheim"\n')
  const run = await apply(toml, { path, values: { a: 2 } }, { mustWork: false })
  assert.match(run.failed!, new RegExp(`^${path}:3:\\d+: TOML syntax error: `))
  assert.not.match(run.failed!, 'geheim')
  assert.match(read(), '= =')
})

test('wrong arguments', () => {
  assert.throws(() => parseArgs(toml, { path, values: { a: { b: null } } }), /a\.b: TOML has no null/)
  assert.throws(() => parseArgs(toml, { path, values: [1] }), /expected a mapping/)
  assert.throws(() => parseArgs(toml, { path, absent: ['a b'] }), /expected a dotted key/)
})

test('validate', async () => {
  writeFileSync(path, 'a = 1\n')
  const run = await apply(toml, { path, values: { a: 2 }, validate: 'grep -q "a = 1" %s' }, { mustWork: false })
  assert.ok(run.failed)
  assert.is(read(), 'a = 1\n')
})

test('the three laws, with hostile keys and values', async () => {
  const values = fc.dictionary(
    hostileText.filter((key) => key !== '__proto__'),
    fc.oneof(
      hostileText,
      fc.integer(),
      fc.dictionary(
        hostileText.filter((key) => key !== '__proto__'),
        hostileText,
        { maxKeys: 2, noNullPrototype: true },
      ),
    ),
    { maxKeys: 3, noNullPrototype: true },
  )
  await laws(
    toml,
    fc.record({
      values,
      name: hostileName,
      text: fc.constantFrom(undefined, '', DEPLOYMENT, 'a = 1\n[a.b]\n', 'broken =\n'),
      root: fc.constantFrom('apim', 'x'),
    }),
    (example, directory) => {
      const target = join(directory, example.name)
      if (example.text !== undefined) writeFileSync(target, example.text)
      return { path: target, create: true, values: { [example.root]: example.values } }
    },
    { host, runs: 30 },
  )
  assert.not(existsSync('/tmp/aarun-was-here'))
})

test.after(() => host.close())
test.run()
