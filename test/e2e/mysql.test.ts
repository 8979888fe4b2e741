/**
 * The pair on a MariaDB server that is there already: what is made in it by JDBC, that the mysql client finds nothing left to
 * make, and that it works.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import process from 'node:process'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { connectorJ } from '../pack/connector.ts'
import { mariadb, whyNoMariadb } from '../tasks/database/servers.ts'
import { Site } from './site.ts'

const driver = connectorJ() ?? ''
const ready = existsSync(driver) && whyNoMariadb() === undefined
if (!ready) console.log(`skipped: needs mariadb-server and MySQL's Connector/J (test/prepare.yaml)`)
const suite = ready ? test : test.skip

const server = ready ? await mariadb() : undefined

function rows(sql: string): string[] {
  const words = ['--no-defaults', `--socket=${server!.socket}`, '-u', 'root', '-N', '-B', '-e', sql]
  const answer = spawnSync('mariadb', words, { encoding: 'utf8', env: { ...process.env, MYSQL_PWD: server!.password } })
  assert.is(answer.status, 0, answer.stderr)
  return answer.stdout.trim().split('\n')
}

const site = await Site.make((model) =>
  model
    .replace('type: postgresql', 'type: mysql')
    .replace('port: "{{ apim_local.database_port }}"', `port: ${server?.port}`)
    .replace('admin_user: postgres', 'admin_user: root')
    .replace('admin_password: "{{ apim_secrets.database_admin }}"', () => `admin_password: ${JSON.stringify(server?.password)}`)
    .replace(/private: .*postgresql"/, "private: ''\n    client: jdbc")
    .replace('/usr/share/java/postgresql.jar', driver),
)

suite('site.yaml makes databases, accounts, schema and datasources', async () => {
  const run = await site.run('site.yaml')
  assert.equal(run.failures, [])
  assert.is(run.exit, 0, run.stderr)
  const sets = rows("SELECT schema_name, default_character_set_name FROM information_schema.schemata WHERE schema_name LIKE '%\\_db' ORDER BY 1")
  assert.equal(sets, ['apim_db\tlatin1', 'shared_db\tlatin1'])
  assert.equal(rows("SELECT COUNT(*) FROM information_schema.tables WHERE table_name IN ('AM_API', 'UM_USER') AND table_schema IN ('apim_db', 'shared_db')"), ['2'])
  const toml = readFileSync(site.toml(2), 'utf8')
  assert.match(toml, `url = "jdbc:mysql://127.0.0.1:${server!.port}/apim_db?autoReconnect=true"`)
  assert.match(toml, 'driver = "com.mysql.cj.jdbc.Driver"')
  assert.not.ok(existsSync(site.local('postgresql')))
})

suite('each account may use its own database and no other', () => {
  const rights = rows("SELECT DISTINCT CONCAT(user, ' ', db) FROM mysql.db WHERE user IN ('apim', 'shared') ORDER BY 1")
  assert.equal(rights, ['apim apim_db', 'shared shared_db'])
})

suite('a second run with the mysql client, and a check, change nothing', async () => {
  site.edit('inventory/local/group_vars/all/apim.yaml', (text) => text.replace('client: jdbc', 'client: native'))
  for (const run of [await site.run('site.yaml'), await site.run('site.yaml', '--check')]) {
    assert.equal(run.failures, [])
    assert.equal(run.changed, [])
    assert.is(run.exit, 0, run.stderr)
  }
})

suite('verify.yaml proves it', async () => {
  const verify = await site.run('verify.yaml')
  assert.equal(verify.failures, [])
  assert.is(verify.exit, 0)
})

suite('a cluster of our own is refused for mysql before a host is changed', async () => {
  site.edit('inventory/local/group_vars/all/apim.yaml', (text) => text.replace("private: ''\n    client", 'private: /var/lib/apim-cluster\n    client'))
  const run = await site.run('site.yaml')
  assert.is(run.exit, 2)
  assert.match(run.failures.join('\n'), /only a PostgreSQL cluster is made here/)
  assert.equal(run.changed, [])
  site.edit('inventory/local/group_vars/all/apim.yaml', (text) => text.replace('private: /var/lib/apim-cluster', "private: ''"))
})

test.after(async () => {
  await site.remove()
  await server?.stop()
})
test.run()
