import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import database from '../../../tasks/database/database.ts'
import schema from '../../../tasks/database/schema.ts'
import secretVault from '../../../tasks/apim/secret_vault.ts'
import server from '../../../tasks/apim/server.ts'
import { readLog } from '../../../tasks/apim/server/readiness.ts'
import { readSnapshot } from '../../../tasks/apim/server/observe.ts'
import type { Plan } from '../../../src/module/index.ts'
import { compiledPack, packOf } from '../../pack/compiled.ts'
import { nodeOffset } from '../../pack/ports.ts'
import { postgres, whyNoPostgres } from '../database/servers.ts'
import { apply, localHost, observe, parseArgs, treeHash, type Run } from '../harness.ts'
import { makeContext } from '../harness/context.ts'

const DRIVER = '/usr/share/java/postgresql.jar'
const real = whyNoPostgres() === undefined && existsSync(DRIVER) ? test : test.skip
const host = await localHost()
const home = join(host.directory, 'wso2am 4')
const toml = join(home, 'repository/conf/deployment.toml')
const pg = whyNoPostgres() ? undefined : await postgres()
const offset = await nodeOffset()
/** Of the databases, on a server that others use too. */
const own = randomBytes(4).toString('hex')
const wanted = { home, timeout: 120, hostname: 'localhost', jvm_mem_opts: '-Xmx160m' }
const summaries = (run: Run) => run.plan.changes.map((change) => change.summary)

/** Applies and, as the engine does, asks again while the plan is pending. */
async function settle(raw: Record<string, unknown>): Promise<{ planned: string[]; plan: Plan; reasons: string[] }> {
  const args = parseArgs(server, raw) as never
  const first = makeContext({})
  const before = await observe(server, args, host, first)
  let plan = server.plan(args, before, first)
  const planned = plan.changes.map((change) => change.summary)
  if (plan.failed) return { planned, plan, reasons: [] }
  const outcomes = await host.act(plan.changes.flatMap((change) => change.actions))
  const bad = outcomes.find((outcome) => !outcome.ok)
  if (bad) return { planned, plan: { changes: [], failed: bad.error }, reasons: [] }
  const context = planned.length > 0 ? makeContext({ context: { before, outcomes } }) : first
  const reasons: string[] = []
  for (let i = 0; i < 240; i++) {
    plan = server.plan(args, await observe(server, args, host, context), context)
    if (!plan.pending) return { planned, plan, reasons }
    reasons.push(plan.pending)
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
  throw new Error(`still pending: ${reasons.at(-1)}`)
}

async function prepare(): Promise<void> {
  packOf('3.2.0', home, compiledPack(host.directory))
  mkdirSync(join(home, 'repository/components/lib'), { recursive: true })
  cpSync(DRIVER, join(home, 'repository/components/lib/postgresql.jar'), { dereference: true })
  const login = { engine: 'postgresql', login_host: '127.0.0.1', login_port: pg!.port, login_password: pg!.password }
  for (const [name, script] of [
    ['apim_db', 'apimgt/postgresql.sql'],
    ['shared_db', 'postgresql.sql'],
  ]) {
    const one = `${name}_${own}`
    await apply(database, { ...login, name: one })
    await apply(schema, { ...login, database: one, script: join(home, 'dbscripts', script!) })
    const block = new RegExp(`\\[database\\.${name}\\][^[]*`)
    const url = `jdbc:postgresql://127.0.0.1:${pg!.port}/${one}`
    const text = `[database.${name}]\ntype = "postgre"\nurl = "${url}"\nusername = "postgres"\npassword = "$secret{db_password}"\n\n`
    writeFileSync(toml, readFileSync(toml, 'utf8').replace(block, text).replace('#offset=0', `offset=${offset}`))
  }
  await apply(secretVault, { home, keystore_password: 'wso2carbon', secrets: { db_password: pg!.password } })
}

real('it is started, and ready means ready; then nothing is left to do', async () => {
  await prepare()
  const missing = await apply(server, wanted, { mustWork: false })
  assert.match(missing.failed!, /uses \$secret.*give keystore_password/)
  const args = { ...wanted, keystore_password: 'wso2carbon' }
  const hash = treeHash(host.directory)
  const check = await apply(server, args, { check: true })
  assert.equal(summaries(check), [`start the server in ${home}`])
  assert.is(treeHash(host.directory), hash)
  const { planned, plan, reasons } = await settle(args)
  assert.equal(planned, summaries(check))
  assert.is(plan.failed, undefined)
  assert.is(plan.result!.ready, true)
  assert.is(plan.result!.url, `https://localhost:${9443 + offset}/`)
  assert.ok(typeof plan.result!.started_in === 'number')
  assert.ok(reasons.length > 0, 'it was waited for')
  assert.not.ok(existsSync(join(home, 'password-tmp')))
  assert.equal((await apply(server, args)).plan.changes, [])
})

real('restarted is another process', async () => {
  const args = { ...wanted, keystore_password: 'wso2carbon', state: 'restarted' }
  const pid = (await apply(server, { ...args, state: 'started' })).result.pid
  const { plan } = await settle(args)
  assert.is(plan.failed, undefined)
  assert.is(plan.result!.ready, true)
  assert.is.not(plan.result!.pid, pid)
})

real('moved with a link left behind, it is the same server', async () => {
  const args = { ...wanted, keystore_password: 'wso2carbon' }
  const { pid } = (await apply(server, args)).result
  const moved = `${home}-moved`
  renameSync(home, moved)
  symlinkSync(moved, home)
  try {
    const there = await apply(server, { ...args, home: moved })
    assert.equal([there.plan.changes, there.result.pid], [[], pid])
  } finally {
    rmSync(home)
    renameSync(moved, home)
  }
})

real('it is stopped, and gone', async () => {
  const { planned, plan } = await settle({ ...wanted, state: 'stopped' })
  assert.equal(planned, [`stop the server in ${home}`])
  assert.is(plan.result!.state, 'stopped')
  assert.equal((await apply(server, { ...wanted, state: 'stopped' })).plan.changes, [])
})

real('a pid file whose number belongs to another process does not fool it', async () => {
  const other = spawn('sleep', ['60'])
  try {
    writeFileSync(join(home, 'wso2carbon.pid'), Buffer.concat([Buffer.from(`${other.pid}\n`), Buffer.alloc(50)]))
    assert.equal((await apply(server, { ...wanted, state: 'stopped' })).plan.changes, [])
    const { plan } = await settle({ ...wanted, keystore_password: 'wso2carbon' })
    assert.is(plan.result!.ready, true)
    // Without its pid file it is found all the same.
    rmSync(join(home, 'wso2carbon.pid'))
    await settle({ ...wanted, state: 'stopped', force: true })
    assert.is(other.exitCode, null)
  } finally {
    other.kill()
  }
})

real('a wrong keystore password fails at once, in the words of the product', async () => {
  const { plan } = await settle({ ...wanted, keystore_password: 'wrong' })
  assert.match(plan.failed!, /does not start: .*Keystore was tampered with, or password was incorrect/)
})

real('a datasource that can not be used is a failure, although it says started', async () => {
  const good = readFileSync(toml, 'utf8')
  writeFileSync(toml, good.replace(`:${pg!.port}/apim_db_${own}`, ':1/apim_db'))
  const { plan } = await settle({ ...wanted, keystore_password: 'wso2carbon' })
  assert.match(plan.failed!, /does not start: .*(datasource|data sources)/i)
  await settle({ ...wanted, state: 'stopped' })
  writeFileSync(toml, `${good}[[broken\n`)
  const broken = await apply(server, { ...wanted, keystore_password: 'wso2carbon' }, { mustWork: false })
  assert.match(broken.failed!, /is not valid TOML/)
  writeFileSync(toml, good)
})

real('a port in use, a missing Java and a missing pack are told before anything is started', async () => {
  const taken: Server = createServer()
  await new Promise<void>((resolve) => taken.listen(9443 + offset, '127.0.0.1', resolve))
  const args = { ...wanted, keystore_password: 'wso2carbon' }
  assert.match((await apply(server, args, { mustWork: false })).failed!, new RegExp(`port ${9443 + offset} is already used`))
  taken.close()
  assert.match(
    (await apply(server, { ...args, home: '/none' }, { mustWork: false })).failed!,
    /there is no start script \/none\/bin\/wso2server\.sh/,
  )
})

real('a start that dies without a word does not wait for its timeout', async () => {
  const { plan } = await settle({ ...wanted, keystore_password: 'wso2carbon', java_home: join(host.directory, 'nojdk') })
  assert.match(plan.failed!, /ended while starting: .*JAVA_HOME is not defined correctly/)
})

real('what is only printed, before there is a log, is read too', async () => {
  writeFileSync(join(home, 'bin/mapper.sh'), 'echo "SEVERE {ConfigurationManager} - Error while performing configuration changes"; echo "org.x.ConfigParserException: no such key" >&2; exec sleep 5\n')
  const { plan } = await settle({ ...wanted, keystore_password: 'wso2carbon', script: 'bin/mapper.sh' })
  assert.match(plan.failed!, /does not start: SEVERE .*Error while performing configuration changes/)
})

test('what a host says is read as it is', () => {
  const snapshot = readSnapshot('jvm 12 34\nlaunching\npidfile 34\nalive\nlog 1000 7\njava /usr/lib/jvm/x y\nnow 99\n')
  assert.equal(snapshot.pids, [34, 12])
  assert.equal(snapshot.log, { size: 1000, inode: 7 })
  assert.is(snapshot.javaHome, '/usr/lib/jvm/x y')
  assert.is(snapshot.launching, false)
  const log = readLog('INFO x\nERROR - one\nWSO2 Carbon started in 42 sec\n')
  assert.is(log.startedIn, 42)
  assert.equal(log.errors, ['ERROR - one'])
  assert.throws(() => parseArgs(server, { home: 'relative' }), /absolute/)
})

test.after(async () => {
  const pid = existsSync(join(home, 'wso2carbon.pid'))
    ? Number(readFileSync(join(home, 'wso2carbon.pid'), 'utf8').replace(/\D/g, ''))
    : 0
  if (pid > 0 && existsSync(`/proc/${pid}`) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(home))
    process.kill(pid, 'SIGKILL')
  await pg?.stop()
  await host.close()
})
test.run()
