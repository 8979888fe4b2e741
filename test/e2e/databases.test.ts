/**
 * Step 3 with SQL Server, Oracle and DB2, whose servers do not run here: on H2, which speaks as they do (their drivers are in
 * test/tasks/database/jdbc.test.ts). And with a PostgreSQL whose certificate is checked.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { authority } from '../tasks/database/authority.ts'
import { H2, type H2Engine, startH2, whyNoH2 } from '../tasks/database/h2.ts'
import { startPostgres, whyNoPostgres } from '../tasks/database/servers.ts'
import { Site } from './site.ts'

const suite = whyNoH2() === undefined ? test : test.skip
if (whyNoH2()) console.log(`skipped: ${whyNoH2()}`)
const server = whyNoH2() === undefined ? await startH2() : undefined
const servers: { stop(): Promise<void> }[] = server ? [server] : []

const END = { mssql: '\nGO\n', oracle: '\n/\n', db2: '/\n' }
const MODEL = 'inventory/local/group_vars/all/apim.yaml'

const site = await Site.make((model) =>
  model
    .replace(/private: .*postgresql"/, "private: ''")
    .replace('driver: /usr/share/java/postgresql.jar', () => `driver: ${H2}\n    driver_class: org.h2.Driver`),
)
const original = readFileSync(site.path(MODEL), 'utf8')

/** The scripts of the stand-in are for PostgreSQL and MySQL: small ones in the dialect of this engine, in the pack. */
function scripts(engine: H2Engine): void {
  mkdirSync(site.path('lab/pack/dbscripts/apimgt'), { recursive: true })
  const text = (tables: string[]) => tables.map((name) => `CREATE TABLE ${name} (ID INTEGER)${END[engine]}`).join('')
  writeFileSync(site.path('lab/pack/dbscripts', `${engine}.sql`), text(['UM_USER', 'REG_LOG']))
  writeFileSync(site.path('lab/pack/dbscripts/apimgt', `${engine}.sql`), text(['AM_API', 'IDN_BASE_TABLE', 'AM_SUBSCRIBER']))
}

function use(engine: H2Engine): void {
  const url = (name: string) => `url: "${server!.url(engine, `${engine}_${name}`)}"`
  site.edit(MODEL, () => original.replace('type: postgresql', `type: ${engine}`).replace(/ +admin_(user|password): .*\n/g, '').replace('name: apim_db', `name: apim_db\n      ${url('apim')}`).replace('name: shared_db', `name: shared_db\n      ${url('shared')}`))
}

for (const engine of ['mssql', 'oracle', 'db2'] as const) if (server) scripts(engine)

for (const [engine, type, query] of [['mssql', 'mssql', 'SELECT 1'], ['oracle', 'oracle', 'SELECT 1 FROM DUAL'], ['db2', 'db2', 'SELECT 1 FROM sysibm.sysdummy1']] as const) {
  suite(`${engine}: schemas once, with progress, and datasources of both nodes`, async () => {
    use(engine)
    const run = await site.run('site.yaml', '-t', 'install,database')
    assert.equal(run.failures, [])
    assert.is(run.exit, 0, run.stderr)
    assert.match(run.events.map((event) => (event.event === 'output' ? event.text : '')).join(''), /statement 3 of 3/)
    const toml = readFileSync(site.toml(2), 'utf8')
    for (const line of [`type = "${type}"`, `validationQuery = "${query}"`, 'driver = "org.h2.Driver"', `url = "${server!.url(engine, `${engine}_apim`)}"`]) assert.match(toml, line)
    if (engine !== 'oracle') return
    const again = await site.run('site.yaml', '-t', 'database')
    assert.equal([again.failures, again.changed], [[], []])
  })
}

const pgTest = whyNoPostgres() === undefined && server ? test : test.skip
pgTest('PostgreSQL with tls: all of it is made over connections whose server is known', async () => {
  const own = authority(site.dir, 'database-authority')
  const postgres = await startPostgres(own)
  servers.push(postgres)
  site.edit(MODEL, () =>
    original
      .replace(/port: "\{\{ apim_local.database_port \}\}"/, `port: ${postgres.port}\n    tls: true\n    ca: ${JSON.stringify(own.ca)}`)
      .replace('admin_password: "{{ apim_secrets.database_admin }}"', () => `admin_password: ${JSON.stringify(postgres.password)}`)
      .replace(/driver: .*\n.*driver_class: .*/, 'driver: /usr/share/java/postgresql.jar'),
  )
  const run = await site.run('site.yaml', '-t', 'database')
  assert.equal(run.failures, [])
  assert.match(readFileSync(site.toml(1), 'utf8'), 'apim_db?ApplicationName=apim&amp;tcpKeepAlive=true&amp;sslmode=verify-full&amp;sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory"')
  const known = execFileSync('keytool', ['-list', '-alias', 'database_ca', '-keystore', join(site.home(2), 'repository/resources/security/client-truststore.jks'), '-storepass', readFileSync(site.local('secrets/truststore'), 'utf8').trim()], { encoding: 'utf8' })
  assert.match(known, 'trustedCertEntry')
})

suite('what each kind is in the product, and where its driver goes', async () => {
  const db = (name: string) => `{ name: ${name}, user: u, password: p }`
  const play = (type: string, tls: boolean) => `- hosts: node1
  gather_facts: false
  vars_files: [includes/database.yaml]
  vars:
    apim: { java_home: '', truststore_password: x, database: { type: ${type}, tls: ${tls}, host: db1, port: 1234, driver: /d.jar, apim_db: ${db('apim_db')}, shared_db: ${db('shared_db')} } }
  tasks:
    - debug: { msg: "{{ database_client }} {{ database_urls.apim_db }}" }
`
  const kinds = [['postgresql', false], ['mysql', true], ['mssql', true], ['oracle', false], ['oracle', true], ['db2', true]] as const
  writeFileSync(site.path('playbooks/urls.yaml'), kinds.map(([type, tls]) => play(type, tls)).join(''))
  const run = await site.run('urls.yaml')
  assert.equal(run.events.flatMap((event) => (event.event === 'result' ? [event.result.msg] : [])), [
    'native jdbc:postgresql://db1:1234/apim_db?ApplicationName=apim&tcpKeepAlive=true',
    'jdbc jdbc:mysql://db1:1234/apim_db?autoReconnect=true&sslMode=VERIFY_IDENTITY',
    'jdbc jdbc:sqlserver://db1:1234;databaseName=apim_db;SendStringParametersAsUnicode=false;encrypt=true;trustServerCertificate=false',
    'jdbc jdbc:oracle:thin:@db1:1234/apim_db',
    'jdbc jdbc:oracle:thin:@tcps://db1:1234/apim_db',
    'jdbc jdbc:db2://db1:1234/apim_db:sslConnection=true;',
  ])
})

test.after(async () => {
  await site.remove()
  for (const each of servers) await each.stop()
})
test.run()
