import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import database from '../../../tasks/database/database.ts'
import databaseUser from '../../../tasks/database/database_user.ts'
import mysqlUser from '../../../tasks/database/mysql_user.ts'
import postgresqlDb from '../../../tasks/database/postgresql_db.ts'
import schema from '../../../tasks/database/schema.ts'
import { readScript } from '../../../tasks/database/script.ts'
import { identifier, literal } from '../../../tasks/database/sql.ts'
import { mariadb, postgres, whyNoMariadb, whyNoPostgres, type TestServer } from './servers.ts'
import { NeedsUnknown } from '../../../src/module/index.ts'
import { apply, localHost, observe, parseArgs, predict, type AnyModule } from '../harness.ts'
import { makeContext } from '../harness/context.ts'
import { makeFacts } from '../harness/facts.ts'

const host = await localHost()
const at = (name: string) => join(host.directory, name)
const bytes = (text: string) => new Uint8Array(Buffer.from(text))
const HOSTILE = `a'b"c\\d$(id);--\`e\n\\q ü%`
/** Ends all names of databases and accounts: others use the same servers. */
const OWN = randomBytes(4).toString('hex')
const APIM = `apim_${OWN}`
const APIM_DB = `apim_db_${OWN}`
const SHARED_DB = `shared_db_${OWN}`
const USER = `wso2 "user" ${OWN}`
const ROLLED = `rolled_${OWN}`
const BROKEN = `broken_${OWN}`
const LAW = `law_${OWN}`
const LIKE_A_CONNECTION = `dbname=postgres application_name=${OWN}`

const servers: TestServer[] = []
const start = async (make: () => Promise<TestServer>) => {
  const server = await make()
  servers.push(server)
  return server
}
const pg = whyNoPostgres() ? undefined : await start(postgres)
const my = whyNoMariadb() ? undefined : await start(mariadb)
const pgLogin = { engine: 'postgresql', login_host: '127.0.0.1', login_port: pg?.port, login_password: pg?.password }
const myLogin = { engine: 'mysql', login_unix_socket: my?.socket, login_password: my?.password }
const pgTest = pg ? test : test.skip
const myTest = my ? test : test.skip

const summaries = (run: { plan: { changes: { summary: string }[] } }) => run.plan.changes.map((change) => change.summary)

/** Check plans the same and changes nothing; apply converges; a second run has nothing to do. */
async function lawful(module: AnyModule, args: Record<string, unknown>): Promise<string[]> {
  const check = summaries(await apply(module, args, { check: true }))
  assert.equal(summaries(await apply(module, args, { check: true })), check, 'check changed something')
  assert.equal(summaries(await apply(module, args)), check)
  assert.equal(summaries(await apply(module, args)), [])
  return check
}

function psql(sql: string, user = 'postgres', password = pg!.password, name = 'postgres') {
  const env = {
    ...process.env,
    PGHOST: '127.0.0.1',
    PGPORT: String(pg!.port),
    PGUSER: user,
    PGPASSWORD: password,
    PGDATABASE: name,
  }
  return spawnSync('psql', ['-XAtw'], { input: sql, env, encoding: 'utf8' })
}
function mysql(sql: string, words: string[] = ['-uroot', `--socket=${my!.socket}`], password = my!.password) {
  return spawnSync('mysql', ['--no-defaults', '-BN', '--default-character-set=utf8mb4', ...words], {
    input: sql,
    env: { ...process.env, MYSQL_PWD: password },
    encoding: 'utf8',
  })
}

pgTest('PostgreSQL: a database is created, altered, and dropped only with force', async () => {
  const args = { ...pgLogin, name: `${HOSTILE}${OWN}`, encoding: 'UTF-8' }
  assert.equal(await lawful(database, args), [`create database ${HOSTILE}${OWN}`])
  assert.is(psql(`select count(*) from pg_database where datname = ${literal('postgresql', `${HOSTILE}${OWN}`)}`).stdout, '1\n')
  await lawful(databaseUser, { ...pgLogin, name: APIM, password: 'x' })
  assert.equal(
    await lawful(postgresqlDb, { ...pgLogin, name: `${HOSTILE}${OWN}`, owner: APIM, conn_limit: 7 }),
    Array(2).fill(`alter database ${HOSTILE}${OWN}`),
  )
  const wrong = await apply(database, { ...args, encoding: 'LATIN1' }, { mustWork: false })
  assert.match(wrong.failed!, /has the character set UTF8, not LATIN1.*state: absent, force: true/s)
  assert.throws(() => parseArgs(database, { ...args, state: 'absent' }), /confirm with force: true/)
  assert.equal(await lawful(database, { ...pgLogin, name: `${HOSTILE}${OWN}`, state: 'absent', force: true }), [
    `drop database ${HOSTILE}${OWN}`,
  ])
})

pgTest('PostgreSQL: a name that looks like a connection string is a name', async () => {
  await lawful(database, { ...pgLogin, name: LIKE_A_CONNECTION })
  const args = { ...pgLogin, database: LIKE_A_CONNECTION, script: at('one.sql') }
  writeFileSync(at('one.sql'), 'CREATE TABLE one (a int);')
  await lawful(schema, args)
  assert.is(psql('select count(*) from one', 'postgres', pg!.password, LIKE_A_CONNECTION).stdout, '0\n')
})

pgTest('PostgreSQL: an account, its password and rights', async () => {
  await lawful(database, { ...pgLogin, name: APIM_DB })
  await lawful(database, { ...pgLogin, name: SHARED_DB })
  const grants = [
    { database: APIM_DB, owner: true },
    { database: SHARED_DB, privileges: 'CREATE,CONNECT' },
  ]
  const args = { ...pgLogin, name: USER, password: HOSTILE, role_attr_flags: 'CREATEDB', grants }
  assert.is((await lawful(databaseUser, args)).length, 3)
  assert.is(psql('create table t (a int)', USER, HOSTILE, APIM_DB).stderr, '')
  assert.equal(await lawful(databaseUser, { ...args, password: 'next' }), [`set the password of role ${USER}`])
  assert.is(psql('select 1', USER, 'next').stdout, '1\n')
  assert.equal(await lawful(databaseUser, { ...args, password: 'ignored', update_password: 'on_create' }), [])
  assert.equal(await lawful(databaseUser, { ...args, password: 'next', role_attr_flags: 'NOCREATEDB', conn_limit: 3 }), [
    `alter role ${USER}`,
  ])
  const blocked = await apply(databaseUser, { ...pgLogin, name: USER, state: 'absent' }, { converges: false })
  assert.match(blocked.verify!.failed!, /cannot be dropped because some objects depend on it/)
})

pgTest('no password is in argv, a summary or a diff', async () => {
  const run = await apply(databaseUser, { ...pgLogin, name: `fresh_${OWN}`, password: 'very secret' }, { check: true })
  const actions = run.plan.changes.flatMap((change) => change.actions)
  const shown = JSON.stringify([
    actions.map((one) => (one.kind === 'run' ? one.argv : [])),
    run.facts.entries().map(([probe]) => (probe as { argv?: string[] }).argv),
    run.plan.changes.map(({ summary, before, after }) => [summary, before, after]),
  ])
  assert.not.match(shown, /very secret/)
  assert.not.match(shown, /pg admin/)
})

pgTest('errors of the login are one line with what to do', async () => {
  const failed = async (args: object) => {
    const run = await apply(database, { ...pgLogin, name: 'x', ...args }, { mustWork: false, converges: false })
    return run.failed ?? run.verify!.failed!
  }
  assert.match(await failed({ login_password: 'wrong' }), /127\.0\.0\.1:\d+ does not accept the password of postgres/)
  assert.match(await failed({ login_port: 1 }), /no database server answers at 127\.0\.0\.1:1/)
  assert.match(await failed({ login_host: 'no.such.host.invalid' }), /no\.such\.host\.invalid does not resolve/)
  assert.match(await failed({ client: '/none/psql' }), /there is no program \/none\/psql.*postgresql-client/)
  assert.match(await failed({ owner: 'nobody here' }), /role "nobody here" does not exist/)
})

const SCRIPT = `-- CREATE TABLE commented (a int);
BEGIN TRANSACTION;
DROP TABLE IF EXISTS idn_base_table;
CREATE TABLE IF NOT EXISTS IDN_BASE_TABLE (PRODUCT_NAME VARCHAR (20), NOTE VARCHAR(90) DEFAULT 'it''s; CREATE TABLE quoted (');
CREATE TABLE "AM_API" (ID INTEGER);
INSERT INTO IDN_BASE_TABLE values ('WSO2 a\\');
CREATE OR REPLACE FUNCTION f() RETURNS void AS $body$ BEGIN PERFORM 1; COMMIT; END; $body$ LANGUAGE plpgsql;
CREATE INDEX i ON IDN_BASE_TABLE (PRODUCT_NAME);
commit;
`

pgTest('PostgreSQL: a schema is loaded once, and never over what is there', async () => {
  writeFileSync(at('apim.sql'), SCRIPT)
  const args = { ...pgLogin, database: SHARED_DB, script: at('apim.sql') }
  assert.equal(await lawful(schema, args), [`load ${at('apim.sql')} into ${SHARED_DB} (2 tables)`])
  assert.is(
    psql('select * from idn_base_table', 'postgres', pg!.password, SHARED_DB).stdout,
    `WSO2 a\\|it's; CREATE TABLE quoted (\n`,
  )
  psql('drop table "AM_API"', 'postgres', pg!.password, SHARED_DB)
  const partial = await apply(schema, args, { mustWork: false })
  assert.match(partial.failed!, /holds 1 of the 2 tables .* but not am_api/)
  assert.is(psql('select count(*) from idn_base_table', 'postgres', pg!.password, SHARED_DB).stdout, '1\n')
})

pgTest('PostgreSQL: a script that fails changes nothing, although it commits by itself', async () => {
  await lawful(database, { ...pgLogin, name: ROLLED })
  writeFileSync(at('bad.sql'), 'BEGIN;\nCREATE TABLE a (x int);\nCOMMIT;\nCREATE TABLE b (x nonsense);\n')
  const run = await apply(
    schema,
    { ...pgLogin, database: ROLLED, script: at('bad.sql') },
    { mustWork: false, converges: false },
  )
  assert.match(run.verify!.failed!, /failed: .*4: ERROR: +type "nonsense" does not exist.*rolled back/)
  assert.is(
    psql("select count(*) from pg_tables where schemaname = 'public'", 'postgres', pg!.password, ROLLED).stdout,
    '0\n',
  )
})

pgTest('a script that would drop tables of others is refused; so is one that is not there', async () => {
  writeFileSync(at('drops.sql'), 'DROP TABLE IF EXISTS a, public.idn_base_table CASCADE;\nCREATE TABLE newone (x int);\n')
  const run = await apply(schema, { ...pgLogin, database: SHARED_DB, script: at('drops.sql') }, { mustWork: false })
  assert.match(run.failed!, /would drop idn_base_table/)
  const none = await apply(schema, { ...pgLogin, database: SHARED_DB, script: at('none.sql') }, { mustWork: false })
  assert.match(none.failed!, /there is no script/)
  const nodb = await apply(schema, { ...pgLogin, database: 'nodb', script: at('drops.sql') }, { mustWork: false })
  assert.match(nodb.failed!, /there is no database nodb at 127/)
})

myTest('MariaDB: a database with its character set', async () => {
  const args = { ...myLogin, name: `apim${HOSTILE.replace('\n', '')}${OWN}`, character_set: 'latin1' }
  assert.equal(await lawful(database, args), [`create database ${args.name}`])
  const wrong = await apply(database, { ...args, character_set: 'utf8mb4' }, { mustWork: false })
  assert.match(wrong.failed!, /has the character set latin1, not utf8mb4/)
  assert.equal(await lawful(database, { ...args, state: 'absent', force: true }), [`drop database ${args.name}`])
  assert.throws(() => parseArgs(database, { ...myLogin, name: 'x', owner: 'y' }), /owner is for PostgreSQL only/)
})

myTest('MariaDB: an account, its password and rights', async () => {
  await lawful(database, { ...myLogin, name: APIM_DB, character_set: 'latin1' })
  const tcp = { ...myLogin, login_port: my!.port }
  const args = {
    ...tcp,
    name: `o'user${OWN}`,
    password: HOSTILE,
    grants: [{ database: APIM_DB }, { database: `other_${OWN}`, privileges: ['SELECT', 'INSERT'] }],
  }
  assert.is((await lawful(databaseUser, args)).length, 3)
  assert.is(mysql('select 1', [`--user=o'user${OWN}`, '-h127.0.0.1', `-P${my!.port}`], HOSTILE).stdout, '1\n')
  assert.equal(await lawful(databaseUser, { ...args, password: 'next' }), [`set the password of user o'user${OWN}@%`])
  assert.equal(
    await lawful(databaseUser, { ...args, password: 'next', grants: [{ database: APIM_DB }, { database: `third_${OWN}` }] }),
    [`grant ALL on \`third_${OWN}\`.* to o'user${OWN}@%`],
  )
  const { engine: _engine, ...plain } = tcp
  assert.is(
    (await lawful(mysqlUser, { ...plain, name: `local${OWN}`, password: 'p', priv: `${APIM_DB}.*:ALL/other_${OWN}.*:SELECT` })).length,
    3,
  )
  assert.equal(await lawful(mysqlUser, { ...plain, name: `local${OWN}`, state: 'absent' }), [`drop user local${OWN}@localhost`])
})

myTest('MariaDB: a password that can not be tried from here is left, with a warning', async () => {
  const args = { ...myLogin, name: `far${OWN}`, host: '10.1.2.3', password: 'p' }
  await lawful(databaseUser, args)
  const run = await apply(databaseUser, { ...args, password: 'q' })
  assert.match(run.plan.warnings![0]!, /far\w+@10\.1\.2\.3 may not log in from here/)
})

myTest('MariaDB: a schema is loaded once; a load that stopped is known for ever after', async () => {
  writeFileSync(
    at('my.sql'),
    "# CREATE TABLE c1 (a int);\nCREATE TABLE IF NOT EXISTS AM_API (A VARCHAR(9) DEFAULT 'x\\';y');\n/*!40101 CREATE TABLE am_two (b int) */;\nCREATE TABLE `AM_THREE` (c int)",
  )
  const args = { ...myLogin, database: APIM_DB, script: at('my.sql') }
  await lawful(schema, args)
  await lawful(database, { ...myLogin, name: BROKEN, character_set: 'utf8mb4' })
  writeFileSync(
    at('long.sql'),
    'CREATE TABLE fine (a int);\nCREATE TABLE toolong (a varchar(900), b varchar(900), primary key (a, b)) ENGINE InnoDB;\n',
  )
  const failing = { ...myLogin, database: BROKEN, script: at('long.sql') }
  const run = await apply(schema, failing, { mustWork: false, converges: false })
  assert.not.match(run.verify!.failed!, /varchar/)
  assert.match(run.verify!.failed!, /ERROR 1071.*latin1.*1 of 2 tables were made.*fine.*force: true/)
  mysql(`create table ${BROKEN}.toolong (a int)`)
  const again = await apply(schema, failing, { mustWork: false })
  assert.match(again.failed!, /an earlier load .* stopped in the middle \(2 of 2 tables/)
})

/** What check plans for `second` on top of what it predicts of `first`: observed through the predictions, as the engine does. */
async function afterCheck(first: [AnyModule, Record<string, unknown>], second: [AnyModule, Record<string, unknown>]): Promise<string[] | 'unknown'> {
  const context = makeContext({ check: true })
  const [one, two] = [parseArgs(...first), parseArgs(...second)]
  const { changes } = first[0].plan(one, await observe(first[0], one, host, context), context)
  const real = makeFacts()
  for (let round = 0; round < 20; round++) {
    const missing = real.missing(second[0].observe(two, predict(real, changes), context))
    if (missing.length === 0) break
    const answers = await host.ask(missing)
    missing.forEach((probe, index) => real.set(probe, answers[index]!))
  }
  try {
    return second[0].plan(two, predict(real, changes), context).changes.map((change) => change.summary)
  } catch (error) {
    if (error instanceof NeedsUnknown) return 'unknown'
    throw error
  }
}

for (const [name, only, login] of [['PostgreSQL', pgTest, pgLogin], ['MariaDB', myTest, { ...myLogin, login_port: my?.port }]] as const) {
  only(`${name}: check tells the truth about a task that follows another`, async () => {
    for (const db of [`${LAW}_a`, `${LAW}_b`]) await apply(database, { ...login, name: db })
    writeFileSync(at('law.sql'), 'CREATE TABLE law (x int);\n')
    const user = (password: string, ...names: string[]) => ({ ...login, name: LAW, password, grants: names.map((one) => ({ database: one, privileges: ['CREATE'] })) })
    const load = { ...login, database: `${LAW}_a`, script: at('law.sql') }
    const itself = async (module: AnyModule, args: Record<string, unknown>) => assert.equal(await afterCheck([module, args], [module, args]), [])
    await itself(database, { ...login, name: `${LAW}_new` })
    await itself(databaseUser, user('one', `${LAW}_a`, `${LAW}_b`))
    await itself(schema, load)
    await apply(databaseUser, user('one', `${LAW}_a`, `${LAW}_b`))
    await itself(databaseUser, user('two', `${LAW}_a`))
    await itself(database, { ...login, name: `${LAW}_b`, state: 'absent', force: true })
    // The account is there: a new password in one task must not make another announce it anew, nor rights that it has.
    assert.equal(await afterCheck([databaseUser, user('two')], [databaseUser, user('two', `${LAW}_b`)]), [])
    assert.equal(await afterCheck([schema, load], [database, { ...login, name: `${LAW}_a` }]), [])
    // A database that will be made is empty; what is in one whose account will change can't be told.
    const made = { ...load, database: `${LAW}_new` }
    assert.equal(await afterCheck([database, { ...login, name: `${LAW}_new` }], [schema, made]), [`load ${at('law.sql')} into ${LAW}_new (1 tables)`])
    await apply(schema, load)
    const own = { ...load, login_user: LAW, login_password: 'two', ...('login_unix_socket' in login && { login_unix_socket: undefined, login_host: '127.0.0.1' }) }
    const tcp = { ...login, ...('login_unix_socket' in login && { login_unix_socket: undefined, login_host: '127.0.0.1' }) }
    assert.is(await afterCheck([databaseUser, { ...user('two'), ...tcp }], [schema, own]), 'unknown')
  })
}

test('SQL is quoted for its dialect', () => {
  assert.is(literal('postgresql', "a'b\\"), "E'a''b\\\\'")
  assert.is(literal('mysql', "a'b\\\n"), "'a''b\\\\\\n'")
  assert.is(identifier('postgresql', 'a"b'), '"a""b"')
  assert.is(identifier('mysql', 'a`b'), '`a``b`')
  assert.throws(() => literal('mysql', 'a\0b'), /NUL/)
})

test('a script is read without being fooled by comments, text and bodies', () => {
  const script = readScript(bytes(SCRIPT), 'postgresql')
  assert.equal(script.tables, ['idn_base_table', 'am_api'])
  assert.equal(script.drops, ['idn_base_table'])
  const body = Buffer.from(script.body).toString()
  assert.is(body.split('\n').length, SCRIPT.split('\n').length)
  assert.not.match(body, /BEGIN TRANSACTION/)
  assert.not.match(body, /^commit/m)
  assert.match(body, /PERFORM 1; COMMIT; END;/)
  assert.equal(readScript(bytes('create table public.x.y (a int)'), 'mysql').tables, ['y'])
})

test.after(async () => {
  await host.close()
  for (const server of servers) await server.stop()
})
test.run()
