/** API Manager on MySQL or MariaDB: which driver, not which server, decides. */
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { mariadb, type TestServer, whyNoMariadb } from '../tasks/database/servers.ts'
import { compiledPack, PACK } from './compiled.ts'
import { connectorJ } from './connector.ts'
import { Node } from './node.ts'
import { nodeOffset } from './ports.ts'

const MARIADB_DRIVER = '/usr/share/java/mariadb-java-client.jar'
const PUBLISHER = '/api/am/publisher/v1/apis'
const own = randomBytes(4).toString('hex')

let temp: string
let server: TestServer
let offset: number
const missing = whyNoMariadb()
const real: typeof test | typeof test.skip = missing ? test.skip : test

test.before(async () => {
  temp = mkdtempSync(path.join(os.tmpdir(), 'aarun-pack-mysql-'))
  if (missing) return
  server = await mariadb()
  offset = await nodeOffset()
  // The server's own password has characters that no deployment.toml can bear.
  sql('', `CREATE USER u_${own} IDENTIFIED BY 'simple'`)
  for (const [name, script] of [['apim', 'apimgt/mysql.sql'], ['shared', 'mysql.sql']] as const) {
    sql('', `CREATE DATABASE ${name}_${own} CHARACTER SET latin1; GRANT ALL ON ${name}_${own}.* TO u_${own}`)
    sql(`${name}_${own}`, readFileSync(path.join(PACK, 'dbscripts', script), 'utf8'))
  }
})

test.after(async () => {
  await Node.stopAll()
  await server?.stop()
  rmSync(temp, { recursive: true, force: true })
})

function sql(database: string, text: string): void {
  const login = ['--no-defaults', '-h127.0.0.1', `-P${server.port}`, '-uroot', ...(database ? [database] : [])]
  const done = spawnSync('mariadb', login, { input: text, encoding: 'utf8', env: { ...process.env, MYSQL_PWD: server.password } })
  assert.is(done.status, 0, done.stderr)
}

async function started(name: string, scheme: string, driver: string, jar: string): Promise<Node> {
  const node = new Node(path.join(temp, name), offset, compiledPack(temp))
  const database = (key: string, of: string) =>
    `[database.${key}]\ntype = "mysql"\nurl = "jdbc:${scheme}://127.0.0.1:${server.port}/${of}_${own}?autoReconnect=true"\n` +
    `username = "u_${own}"\npassword = "simple"\ndriver = "${driver}"\n`
  node.configure(`[server]\nhostname = "localhost"\nnode_ip = "127.0.0.1"\n[super_admin]\nusername = "admin"\npassword = "admin"\n${database('apim_db', 'apim')}${database('shared_db', 'shared')}`)
  node.addDriver(jar)
  await node.start()
  assert.ok(node.started, node.output)
  return node
}

for (const [name, scheme] of [['its own scheme', 'mariadb'], ["MySQL's scheme", 'mysql']] as const) {
  real(`MariaDB's driver stops API Manager, by ${name}`, async () => {
    const node = await started(scheme, scheme, 'org.mariadb.jdbc.Driver', MARIADB_DRIVER)
    assert.match(node.log, 'Could not find DB type to load constants')
    assert.is((await node.management(PUBLISHER, { auth: 'admin:admin' })).status, 500)
    await node.stop()
  })
}

real("MySQL's driver works, on a MariaDB server too", async () => {
  const jar = connectorJ()
  if (jar === undefined) {
    console.log('     (not tried: test/prepare.yaml could not fetch the driver)')
    return
  }
  const node = await started('connector', 'mysql', 'com.mysql.cj.jdbc.Driver', jar)
  assert.not.match(node.log, ' ERROR {org.wso2.carbon.ndatasource')
  const json = { name: 'OnMySql', context: '/onmysql', version: '1', gatewayEnvironments: [] }
  assert.is((await node.management(PUBLISHER, { auth: 'admin:admin', json })).status, 201, node.log)
  await node.stop()
})

test.run()
