/**
 * The JDBC client on real servers (PostgreSQL, MariaDB), on H2 where it speaks as SQL Server, Oracle and DB2 do, and with
 * the drivers of these three as far as they come without their servers.
 */
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { clientJar as compile, compilerVersion, sourceHash } from '../../../build/jdbc-client.ts'
import database from '../../../tasks/database/database.ts'
import databaseUser from '../../../tasks/database/database_user.ts'
import { clientJar, COMPILER, SOURCE_SHA256 } from '../../../tasks/database/jdbc/client-jar.ts'
import schema from '../../../tasks/database/schema.ts'
import { connectorJ } from '../../pack/connector.ts'
import { freePort } from '../../ports.ts'
import { apply, localHost, parseArgs } from '../harness.ts'
import { type Authority, authority } from './authority.ts'
import { driverJar, H2, type H2Engine, type H2Server, startH2, whyNoH2 } from './h2.ts'
import { mariadb, postgres, startPostgres, whyNoMariadb, whyNoPostgres, type TestServer } from './servers.ts'

const host = await localHost()
const at = (name: string) => join(host.directory, name)
const OWN = randomBytes(4).toString('hex')
const PG_DRIVER = '/usr/share/java/postgresql.jar'

const servers: { stop(): Promise<void> }[] = []
async function start(why: string | undefined, driver: string | undefined, make: () => Promise<TestServer>): Promise<TestServer | undefined> {
  if (why !== undefined || driver === undefined || !existsSync(driver)) return undefined
  const server = await make()
  servers.push(server)
  return server
}
const pg = await start(whyNoPostgres(), PG_DRIVER, postgres)
const my = await start(whyNoMariadb(), connectorJ(), mariadb)
const pgTest = pg ? test : test.skip
const myTest = my ? test : test.skip
const h2Test = whyNoH2() ? test.skip : test
const pgLogin = { engine: 'postgresql', login_host: '127.0.0.1', login_port: pg?.port, login_password: pg?.password, jdbc_driver: PG_DRIVER }
const myLogin = { engine: 'mysql', login_host: '127.0.0.1', login_port: my?.port, login_password: my?.password, jdbc_driver: connectorJ() }

function script(name: string, text: string): string {
  writeFileSync(at(name), text)
  return at(name)
}

/** Why it was not loaded: before it was tried, or by what is there afterwards. */
async function refused(args: Record<string, unknown>): Promise<string> {
  const run = await apply(schema, args, { mustWork: false, converges: false })
  return run.failed ?? run.verify?.failed ?? 'nothing'
}

test('what is sent to the hosts is compiled from its source, for Java 8', () => {
  assert.is(SOURCE_SHA256, sourceHash(), 'JdbcClient.java was changed: npm run jdbc-client')
  const sent = Buffer.from(clientJar())
  const magic = sent.indexOf(Buffer.from([0xca, 0xfe, 0xba, 0xbe]))
  assert.is(sent.readUInt16BE(magic + 6), 52)
  const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
  if (compilerVersion() === COMPILER) assert.is(hash(sent), hash(compile()))
})

pgTest('PostgreSQL without psql: account, database and schema, each made once', async () => {
  const [user, name] = [`j"u ${OWN}`, `j_db_${OWN}`]
  const client = '/nowhere/psql'
  const accountArgs = { ...pgLogin, client, name: user, password: `p'1\\ü${OWN}`, role_attr_flags: 'CREATEDB' }
  const databaseArgs = { ...pgLogin, client, name, owner: user, encoding: 'UTF8' }
  const load = {
    ...pgLogin,
    client,
    login_user: user,
    login_password: accountArgs.password,
    database: name,
    script: script('pg.sql', "BEGIN TRANSACTION;\nDROP TABLE IF EXISTS one;\nCREATE TABLE one (t text DEFAULT 'a;b');\nCREATE FUNCTION f() RETURNS int AS $x$ BEGIN RETURN 1; END; $x$ LANGUAGE plpgsql;\nCREATE TABLE two (id int);\nCOMMIT;\n"),
  }
  for (const [module, args] of [[databaseUser, accountArgs], [database, databaseArgs], [schema, load]] as const) {
    assert.ok((await apply(module, args)).changed)
    assert.not((await apply(module, args)).changed)
  }
  const twice = await apply(schema, load)
  assert.equal([twice.result.tables, twice.result.present], [2, 2])
})

pgTest('PostgreSQL: a connection that is lost in a script leaves nothing, and says at which statement', async () => {
  const name = `j_lost_${OWN}`
  await apply(database, { ...pgLogin, name })
  const text = 'CREATE TABLE one (a int);\nSELECT pg_terminate_backend(pg_backend_pid());\nCREATE TABLE two (a int);\n'
  const args = { ...pgLogin, database: name, script: script('pg-lost.sql', text) }
  assert.match(await refused(args), /failed at statement 2 of 3, line 2: SELECT pg_terminate_backend: .*; nothing was changed: all of it was rolled back/)
  writeFileSync(args.script, text.replace(/SELECT.*/, ''))
  assert.ok((await apply(schema, args)).changed)
})

pgTest('a server that is not there, a wrong password, no database, no Java, no driver: one line that says what to do', async () => {
  const args = { ...pgLogin, database: `none_${OWN}`, script: script('any.sql', 'CREATE TABLE one (a int);') }
  const [port] = [await freePort()]
  for (const [change, message] of [
    [{ login_port: port }, /^no database server answers at 127\.0\.0\.1:\d+: start it/],
    [{ login_password: 'wrong' }, /^127\.0\.0\.1:\d+ does not accept the password of postgres: correct login_user/],
    [{}, /^there is no database none_\w+ at 127/],
    [{ login_host: 'no.such.name.invalid' }, /^the name no\.such\.name\.invalid does not resolve on the host/],
    [{ java_home: '/nowhere' }, /^there is no program \/nowhere\/bin\/java on the host: install Java/],
    [{ jdbc_driver: '/nowhere.jar' }, /^\/nowhere\.jar is not there, or no driver for postgresql/],
  ] as const) assert.match(await refused({ ...args, ...change }), message)
})

myTest('MariaDB without mysql: account, database and schema, and what is left of a script that is cut off', async () => {
  const [user, name] = [`j_${OWN}`, `j_my_${OWN}`]
  const databaseArgs = { ...myLogin, client: '/nowhere/mysql', name, character_set: 'latin1' }
  const accountArgs = { ...myLogin, client: '/nowhere/mysql', name: user, password: `p'1\\${OWN}`, grants: [{ database: name }] }
  for (const [module, args] of [[database, databaseArgs], [databaseUser, accountArgs]] as const) {
    assert.ok((await apply(module, args)).changed)
    assert.not((await apply(module, args)).changed)
  }
  const text = '# a; comment\nCREATE TABLE one (a int);\nDELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END//\nDELIMITER ;\nKILL CONNECTION_ID();\nCREATE TABLE two (a int);'
  const args = { ...myLogin, login_user: user, login_password: accountArgs.password, database: name, script: script('my.sql', text) }
  assert.match(await refused(args), /failed at statement 3 of 4, line 6: KILL CONNECTION_ID: .*; 1 of 2 tables were made, which MySQL can't undo \(one\): if it holds nothing of value, drop it/)
  // Repaired or not: nothing is run over a part, until the database is made anew.
  writeFileSync(args.script, text.replace(/KILL.*/, ''))
  assert.match(await refused(args), /stopped in the middle \(1 of 2 tables are there; the first that is missing is two\)/)
  await apply(database, { ...databaseArgs, state: 'absent', force: true })
  await apply(database, databaseArgs)
  assert.ok((await apply(schema, args)).changed)
  assert.not((await apply(schema, args)).changed)
})

let h2: H2Server | undefined

const SCRIPTS = {
  // Brackets, IDENTITY, and GO: the two statements of the second batch go one by one.
  mssql: "CREATE TABLE [ONE] (ID INTEGER IDENTITY(1,1) NOT NULL, T VARCHAR(50) DEFAULT 'go;', PRIMARY KEY (ID))\nGO\nCREATE INDEX IDX ON ONE(T);\nINSERT INTO ONE (T) VALUES ('a\nGO\nb');\nGO\nCREATE TABLE TWO (ID INTEGER);\n",
  oracle: "SET DEFINE OFF\nCREATE TABLE ONE (ID NUMBER(10), T VARCHAR2(50))\n/\nCREATE SEQUENCE S START WITH 1 INCREMENT BY 1\n/\t\n\n/\nINSERT INTO ONE SELECT S.NEXTVAL, 'a;/' FROM DUAL\n/\nCREATE TABLE TWO (ID NUMBER(10));\n",
  db2: "CREATE TABLE ONE (ID DECIMAL(31,0) NOT NULL, T VARCHAR(50))/\nCREATE SEQUENCE S AS DECIMAL(27,0)\n  START WITH 1 NO CACHE/\nINSERT INTO ONE SELECT 1, '/' FROM SYSIBM.SYSDUMMY1\n/\nCREATE TABLE TWO (ID INTEGER)/\n",
}

/** Rights as Oracle shows them. */
const rights = (...names: string[]) => `;INIT=CREATE OR REPLACE VIEW SESSION_PRIVS AS SELECT * FROM (VALUES ${names.map((name) => `('${name}')`).join(', ')}) T(PRIVILEGE)\\;CREATE OR REPLACE VIEW USER_TS_QUOTAS AS SELECT -1 MAX_BYTES`

async function h2Args(engine: H2Engine, name: string, init = ''): Promise<Record<string, unknown>> {
  if (!h2) servers.push((h2 = await startH2()))
  const url = h2.url(engine, name) + init
  return { engine, database: name, login_user: 'APIM', login_password: 'secret-1', jdbc_driver: H2, jdbc_driver_class: 'org.h2.Driver', jdbc_url: url, script: script(`${name}.sql`, SCRIPTS[engine]) }
}

for (const engine of ['mssql', 'oracle', 'db2'] as const) {
  h2Test(`${engine} (H2): absent, then complete; a part is refused`, async () => {
    const args = await h2Args(engine, `whole_${engine}`)
    const first = await apply(schema, args)
    assert.equal([first.changed, first.result.present], [true, 2])
    assert.match(first.outcomes[0]!.stdout ?? '', /^statement 0 of 4\nstatement 4 of 4\n$/)
    assert.match(first.plan.warnings?.join() ?? '', /which rights APIM has could not be looked at/)
    assert.not((await apply(schema, args)).changed)
    const end = { mssql: ';', oracle: '\n/', db2: '/' }[engine]
    writeFileSync(args.script as string, `${SCRIPTS[engine]}CREATE TABLE THREE (ID INTEGER)${end}\n`)
    assert.match(await refused(args), /holds 2 of the 3 tables of .*, but not three\. .*let an administrator drop/)
  })
}

h2Test('Oracle (H2): the session ends in the middle, and what is there is told', async () => {
  const args = await h2Args('oracle', 'cut', rights('CREATE TABLE', 'CREATE SEQUENCE'))
  writeFileSync(args.script as string, SCRIPTS.oracle.replace('INSERT INTO ONE', 'CALL ABORT_SESSION(SESSION_ID())\n/\nINSERT INTO ONE'))
  assert.match(await refused(args), /failed at statement 3 of 5, line 8: CALL ABORT_SESSION: .*; 1 of 2 tables were made, which Oracle can't undo \(one\): .*DROP USER APIM CASCADE/)
  writeFileSync(args.script as string, SCRIPTS.oracle)
  assert.match(await refused(args), /an earlier load of a script into cut stopped in the middle \(1 of 2 tables are there; the first that is missing is two\)/)
})

h2Test('Oracle (H2): rights that are missing are told before the first statement', async () => {
  const args = await h2Args('oracle', 'rights', rights('CREATE SESSION', 'CREATE TABLE'))
  writeFileSync(args.script as string, `${SCRIPTS.oracle}/\nCREATE OR REPLACE TRIGGER TR BEFORE INSERT ON ONE FOR EACH ROW BEGIN NULL; END;\n/\n`)
  assert.match(await refused(args), /^APIM at jdbc:h2:tcp:\S+ lacks CREATE SEQUENCE, CREATE TRIGGER, which .*rights\.sql needs: .*nothing was loaded/)
})

h2Test('H2: nothing stays on the host, and no password is where others can read it', async () => {
  const args = await h2Args('db2', 'secrets')
  const before = readdirSync('/tmp').filter((name) => name.startsWith('hsperfdata'))
  const run = await apply(schema, args, { check: true })
  assert.equal(readdirSync('/tmp').filter((name) => name.startsWith('hsperfdata')), before)
  const [action] = run.plan.changes[0]!.actions
  assert.ok(action?.kind === 'run' && action.stdin instanceof Uint8Array && action.secret && action.stream)
  assert.not.match([...(action.argv ?? []), JSON.stringify(action.env ?? {})].join(' '), /secret-1/)
  assert.match(await refused({ ...args, login_password: 'wrong' }), /does not accept the password of APIM/)
})

/** Takes connections and says nothing that a database would. */
async function stranger(): Promise<{ port: number; stop(): Promise<void> }> {
  const open = new Set<Socket>()
  const server = createServer((socket) => {
    open.add(socket)
    socket.on('error', () => {}).on('data', () => socket.destroy())
  })
  const port = await freePort()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    port,
    stop: () => {
      for (const socket of open) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

for (const [engine, name] of [['mssql', 'mssql-jdbc-12.6.1.jre8'], ['oracle', 'ojdbc8-21.9.0.0'], ['db2', 'jcc-11.5.8.0']] as const) {
  const only = existsSync(driverJar(name)) ? test : test.skip
  only(`${engine}: the vendor's driver takes our URL and goes where it leads`, async () => {
    const other = await stranger()
    servers.push(other)
    const args = { engine, database: 'apim', login_user: 'apim', login_password: 'pw', script: script('any.sql', 'CREATE TABLE ONE (A INTEGER)'), jdbc_driver: driverJar(name) }
    assert.match(await refused({ ...args, login_host: '127.0.0.1', login_port: other.port }), new RegExp(`127\\.0\\.0\\.1:${other.port}`))
    if (engine !== 'mssql') assert.match(await refused({ ...args, login_host: 'no.such.name.invalid' }), /the name no\.such\.name\.invalid does not resolve on the host/)
  })
}

pgTest('TLS: the certificate is checked against the truststore that is named', async () => {
  const [mine, other] = ['mine', 'other'].map((name) => authority(host.directory, name)) as [Authority, Authority]
  const server = await startPostgres(mine)
  servers.push(server)
  const args = {
    ...pgLogin,
    login_port: server.port,
    login_password: server.password,
    name: 'tls_db',
    jdbc_options: ['sslmode=verify-full', 'sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory'],
    truststore: mine.truststore(),
    truststore_password: 'trust-me',
  }
  assert.match((await apply(database, { ...args, truststore: other.truststore() }, { mustWork: false })).failed ?? '', /the certificate of 127\.0\.0\.1:\d+ is signed by nobody whom .*other\.p12 trusts/)
  assert.ok((await apply(database, args)).changed)
  // The other server, without TLS, is refused.
  assert.match((await apply(database, { ...args, login_port: pg!.port, login_password: pg!.password }, { mustWork: false })).failed ?? '', /The server does not support SSL/)
})

test('arguments that these servers need', () => {
  for (const [args, message] of [
    [{ engine: 'oracle', login_user: 'a' }, /oracle is reached by JDBC only: give the jar/],
    [{ engine: 'db2', jdbc_driver: '/d.jar' }, /there is no usual account of db2/],
    [{ engine: 'mysql', jdbc_driver: '/d.jar', login_unix_socket: '/s' }, /JDBC drivers know no sockets/],
  ] as const) assert.throws(() => parseArgs(schema, { database: 'd', script: '/s', ...args }), (error: Error) => message.test(error.message))
})

test.after(async () => {
  await host.close()
  for (const server of servers) await server.stop()
})
test.run()
