/** The modules that steer the run and never change a host. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Context, Fact, Probe } from '../../../src/module/index.ts'
import { NeedsUnknown, Unknown } from '../../../src/module/index.ts'
import { createTemplar } from '../../../src/template/index.ts'
import add_host from '../../../tasks/control/add_host.ts'
import assert_ from '../../../tasks/control/assert.ts'
import debug from '../../../tasks/control/debug.ts'
import fail from '../../../tasks/control/fail.ts'
import getent from '../../../tasks/accounts/getent.ts'
import group_by from '../../../tasks/control/group_by.ts'
import include_vars from '../../../tasks/control/include_vars.ts'
import meta from '../../../tasks/control/meta.ts'
import pause from '../../../tasks/control/pause.ts'
import ping from '../../../tasks/control/ping.ts'
import set_fact from '../../../tasks/control/set_fact.ts'
import set_stats from '../../../tasks/control/set_stats.ts'
import setup from '../../../tasks/system/setup.ts'
import wait_for_connection from '../../../tasks/network/wait_for_connection.ts'
import { namesIn } from '../../../tasks/control/condition-values.ts'
import { apply, localHost, parseArgs, type AnyModule, type TestHost } from '../harness.ts'
import { planWith } from '../harness/made-up.ts'

let host: TestHost
test.before(async () => {
  host = await localHost()
})
test.after(() => host.close())

/** A context with the real expressions. */
function withVars(vars: Record<string, unknown>): Partial<Context> {
  const templar = createTemplar()
  const scope = {
    lookup: (name: string) => (Object.hasOwn(vars, name) ? { value: vars[name], template: false } : undefined),
    names: () => Object.keys(vars),
  }
  return {
    evaluate: (expression) => templar.expression(expression, scope),
    condition: (expression) => templar.condition(expression as string, scope),
    variable: (name) => vars[name],
  }
}
const none = (): Fact => ({ exists: false })
const plan = (module: AnyModule, raw: Record<string, unknown>, vars: Record<string, unknown> = {}) =>
  planWith(module, raw, none, withVars(vars))

test('assert: all hold', () => {
  const { changes, failed, result } = plan(assert_, { that: ['a == 1', true, 'b is defined'] }, { a: 1, b: 2 })
  assert.equal([changes, failed, result?.msg], [[], undefined, 'All assertions passed'])
  assert.is(plan(assert_, { that: 'a == 1', success_msg: 'good' }, { a: 1 }).result?.msg, 'good')
})

test('assert: names the condition and the values in it', () => {
  const vars = { port: 80, app: { name: 'x', list: [1, 2] } }
  assert.is(
    plan(assert_, { that: ['true', "port | int > 1024 and app.name == 'y'"] }, vars).failed,
    `Assertion failed: port | int > 1024 and app.name == 'y' is false (port = 80, app.name = "x")`,
  )
  const { failed, result } = plan(assert_, { that: 'app.list[1] in [3]', fail_msg: 'no', quiet: true }, vars)
  assert.is(failed, 'no: app.list[1] in [3] is false (app.list[1] = 2)')
  assert.equal(result, { assertion: 'app.list[1] in [3]', evaluated_to: false })
  assert.is(plan(assert_, { that: false }).failed, 'Assertion failed: false is false')
  assert.match(plan(assert_, { that: 'nope is defined' }).failed ?? '', /nope is defined is false/)
})

test('assert: what is not known yet is unknown, unless another condition is false', () => {
  const vars = { x: new Unknown('the command is not run in check mode'), a: 1 }
  assert.throws(
    () => plan(assert_, { that: ['x == 1', 'a == 1'] }, vars),
    (error: Error) => error instanceof NeedsUnknown,
  )
  assert.match(plan(assert_, { that: ['x == 1', 'a == 2'] }, vars).failed ?? '', /a == 2 is false/)
})

test('names in a condition', () => {
  assert.equal(namesIn(`a.b['c d'] | default('x.y') == lookup('env', home) and not d is version(e, '<')`), [
    `a.b['c d']`,
    'home',
    'd',
    'e',
  ])
  assert.equal(namesIn(`groups['apim'] | map('extract', hostvars, attribute=x) | list`), [`groups['apim']`, 'hostvars', 'x'])
  assert.equal(namesIn(`'a' in "b c" or 3 > 2`), [])
})

test('fail', () => {
  assert.is(plan(fail, {}).failed, 'Failed as requested from task')
  assert.is(plan(fail, { msg: 'because' }).failed, 'because')
})

test('debug', () => {
  const vars = { a: { b: [1] }, ansible_verbosity: 1 }
  assert.equal(plan(debug, {}).result, { msg: 'Hello world!' })
  assert.equal(plan(debug, { msg: { any: ['thing'] } }).result, { msg: { any: ['thing'] } })
  assert.equal(plan(debug, { var: 'a.b[0] + 1' }, vars).result, { 'a.b[0] + 1': 2 })
  assert.equal(plan(debug, { var: '{{ a }}' }, vars).result, { '{{ a }}': { b: [1] } })
  assert.equal(plan(debug, { var: 'nope' }, vars).result, { nope: 'VARIABLE IS NOT DEFINED!' })
  assert.match(plan(debug, { verbosity: 2 }, vars).skipped ?? '', /Verbosity threshold not met/)
  assert.is(plan(debug, { verbosity: 1 }, vars).skipped, undefined)
  assert.throws(() => parseArgs(debug, { msg: 1, var: 'a' }), /either msg or var/)
})

test('set_fact', () => {
  const { engine, result } = plan(set_fact, { a: 1, b: ['x'], cacheable: 'yes' })
  assert.equal(engine?.setFacts, { a: 1, b: ['x'] })
  assert.equal(result, { ansible_facts: { a: 1, b: ['x'] } })
  assert.match(plan(set_fact, { '1a': 2 }).failed ?? '', /'1a' is no name for a variable/)
  assert.match(plan(set_fact, {}).failed ?? '', /no variables given/)
})

test('add_host and group_by', () => {
  assert.equal(plan(add_host, { hostname: 'n3:2222', groups: 'a, b', ansible_user: 'x' }).engine?.addHost, {
    name: 'n3',
    groups: ['a', 'b'],
    vars: { ansible_port: 2222, ansible_user: 'x' },
  })
  assert.equal(plan(add_host, { name: '::1' }).engine?.addHost, { name: '::1', groups: [], vars: {} })
  assert.equal(plan(group_by, { key: 'os Debian 12' }).engine?.groupBy, { group: 'os-Debian-12', parents: ['all'] })
})

test('pause, meta, set_stats', () => {
  assert.equal(plan(pause, { minutes: 2 }).engine?.pause, { seconds: 120, echo: true })
  assert.equal(plan(pause, { prompt: 'Go?', echo: 'no' }).engine?.pause, { prompt: 'Go?', echo: false })
  assert.is(plan(meta, { free_form: 'flush_handlers' }).engine?.meta, 'flush_handlers')
  assert.is(plan(meta, { free_form: 'noop' }).engine, undefined)
  assert.throws(() => parseArgs(meta, { free_form: 'flush_handler' }), /expected one of flush_handlers/)
  assert.equal(plan(set_stats, { data: { a: 1 }, aggregate: 'no' }).engine?.stats, {
    data: { a: 1 },
    perHost: false,
    aggregate: false,
  })
})

test('ping and wait_for_connection really connect', async () => {
  assert.equal((await apply(ping, {})).result, { ping: 'pong' })
  assert.is((await apply(ping, { data: 'crash' }, { mustWork: false })).failed, 'boom')
  assert.equal((await apply(wait_for_connection, {})).plan.changes, [])
})

test('setup asks the host, and keeps what the filter wants', async () => {
  const all = await apply(setup, {})
  assert.is((all.result.ansible_facts as Record<string, unknown>).ansible_system, 'Linux')
  assert.is(all.plan.engine?.systemFacts?.system, 'Linux')
  const some = await apply(setup, { filter: 'ansible_sys*,kernel' })
  assert.ok(Object.keys(some.result.ansible_facts as object).every((name) => /^ansible_(sys|kernel$)/.test(name)))
})

test('getent', async () => {
  const run = await apply(getent, { database: 'passwd', key: 'root' })
  const facts = run.result.ansible_facts as Record<string, Record<string, string[]>>
  assert.is(facts.getent_passwd!.root![4], '/root')
  assert.match(
    (await apply(getent, { database: 'passwd', key: 'no-such-user' }, { mustWork: false })).failed ?? '',
    /no-such-user is not in passwd/,
  )
  const none = await apply(getent, { database: 'passwd', key: 'no-such-user', fail_key: false })
  assert.equal(none.result.ansible_facts, { getent_passwd: { 'no-such-user': null } })
  const said =
    (stdout: string) =>
    (_probe: Probe): Fact => ({ found: true, rc: 0, stdout, stderr: '' })
  const hosts = planWith(
    getent,
    { database: 'hosts' },
    said('127.0.0.1       localhost\n127.0.0.1       me my.self\n__proto__ x\n'),
  )
  const table = (hosts.result!.ansible_facts as Record<string, Record<string, unknown>>).getent_hosts!
  assert.equal(table['127.0.0.1'], [['localhost'], ['me', 'my.self']])
  assert.equal(Object.keys(table), ['127.0.0.1', '__proto__'])
})

const project = {
  'vars/one.yml': 'a: 1\nm: {x: 1, y: [2]}\nt: "{{ a }}"\n',
  'vars/all/10.yml': 'a: 1\nm: {x: 1}\n',
  'vars/all/20.json': '{"b": 2, "m": {"y": 2}}',
  'vars/all/.hidden.yml': 'hidden: 1\n',
  'vars/all/note.txt': 'not: this\n',
  'vars/all/old.yml~': 'not: this\n',
  'vars/all/sub/30.yaml': 'a: 3\n',
  'vars/all/sub/deep/40.yml': 'a: 4\n',
  'vars/list.yml': '- a\n',
  'vars/empty.yml': '# nothing\n',
  'vars/bad.yml': 'a: [1\n',
}
const included = async (raw: Record<string, unknown>) =>
  (await apply(include_vars, raw, { controllerFiles: project })).plan.engine?.setVars

test('include_vars: a file', async () => {
  assert.equal(await included({ file: 'one.yml' }), { a: 1, m: { x: 1, y: [2] }, t: '{{ a }}' })
  assert.equal(await included({ file: 'one.yml', name: 'n' }), { n: { a: 1, m: { x: 1, y: [2] }, t: '{{ a }}' } })
  assert.equal(await included({ file: 'empty.yml' }), {})
})

test('include_vars: a directory', async () => {
  assert.equal(await included({ dir: 'all' }), { a: 4, b: 2, m: { y: 2 } })
  assert.equal(await included({ dir: 'all', hash_behaviour: 'merge' }), { a: 4, b: 2, m: { x: 1, y: 2 } })
  assert.equal(await included({ dir: 'all', depth: 1 }), { a: 1, b: 2, m: { y: 2 } })
  assert.equal(await included({ dir: 'all', depth: 2, files_matching: '^3|^1' }), { a: 3, m: { x: 1 } })
  assert.equal(await included({ dir: 'all', ignore_files: ['[34]0.ya?ml'], extensions: 'yml' }), { a: 1, m: { x: 1 } })
})

test('include_vars: what is wrong is said with the file', async () => {
  const failed = async (raw: Record<string, unknown>) => {
    try {
      return (await apply(include_vars, raw, { controllerFiles: project, mustWork: false })).failed ?? ''
    } catch (error) {
      return (error as Error).message
    }
  }
  assert.match(await failed({ file: 'list.yml' }), /list\.yml: expected a mapping of variables, found a list/)
  assert.match(await failed({ file: 'bad.yml' }), /bad\.yml:\d+:\d+: /)
  assert.match(await failed({ file: 'nope.yml' }), /nope\.yml/)
  assert.match(await failed({ file: 'all' }), /give it as dir/)
  assert.throws(() => parseArgs(include_vars, {}), /give file or dir/)
})

test('include_vars: the run reads YAML in its own way when it can', async () => {
  const loadYaml = (file: string, text: string) => ({ file: file.split('/').at(-1), size: text.length })
  const run = await apply(include_vars, { file: 'one.yml' }, { controllerFiles: project, context: { loadYaml } })
  assert.equal(run.plan.engine?.setVars, { file: 'one.yml', size: project['vars/one.yml'].length })
})

test.run()
