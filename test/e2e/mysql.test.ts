/** The pair on a MariaDB server that is there already: what is made in it, that it is made once, and that it works. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Site } from './site.ts'

const driver = '/usr/share/java/mariadb-java-client.jar'
const ready = existsSync(driver) && spawnSync('mariadbd', ['--version']).status === 0
if (!ready) console.log('skipped: needs mariadb-server and libmariadb-java')
const suite = ready ? test : test.skip

const rootPassword = 'a-root-password'

/** A server of our own: data, socket and port apart from any other. */
class MariaDb {
  readonly dir = mkdtempSync(join(tmpdir(), 'aarun-mariadb-'))
  readonly socket = join(this.dir, 'socket')
  readonly port: number
  private readonly server: ChildProcess

  constructor(port: number) {
    this.port = port
    const own = ['--no-defaults', `--datadir=${join(this.dir, 'data')}`]
    const user = asMysql()
    if (user.length) chownSync(this.dir, id('-u'), id('-g'))
    run([...user, 'mariadb-install-db', ...own, '--auth-root-authentication-method=normal', '--skip-test-db', '--skip-name-resolve'])
    const [program, ...words] = [...user, 'mariadbd', ...own, `--socket=${this.socket}`, `--port=${port}`]
    this.server = spawn(program as string, [...words, '--bind-address=127.0.0.1', `--pid-file=${join(this.dir, 'pid')}`, '--skip-name-resolve', '--lower-case-table-names=0'], { stdio: 'ignore' })
  }

  /** Waits until it answers, and gives its administrator a password. */
  async started(): Promise<void> {
    const change = `ALTER USER 'root'@'127.0.0.1' IDENTIFIED BY '${rootPassword}'`
    for (let tries = 0; tries < 100; tries++) {
      if (this.ask(change).status === 0) return
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
    const { stderr } = this.ask(change)
    await this.stop()
    throw new Error(`MariaDB did not start: ${stderr}`)
  }

  rows(sql: string): string[] {
    const answer = this.ask(sql)
    assert.is(answer.status, 0, answer.stderr)
    return answer.stdout.trim().split('\n')
  }

  private ask(sql: string) {
    return spawnSync('mariadb', ['--no-defaults', `--socket=${this.socket}`, '-u', 'root', '-N', '-B', '-e', sql], { encoding: 'utf8' })
  }

  async stop(): Promise<void> {
    const gone = new Promise((resolve) => this.server.once('exit', resolve))
    if (this.server.exitCode === null && this.server.kill('SIGTERM')) await gone
    rmSync(this.dir, { recursive: true, force: true })
  }
}

const id = (flag: string) => Number(spawnSync('id', [flag, 'mysql'], { encoding: 'utf8' }).stdout)
/** MariaDB refuses to run as root; setpriv becomes its user and stays one process, which is ended by its number. */
const asMysql = () => (process.getuid?.() === 0 ? ['setpriv', '--reuid=mysql', '--regid=mysql', '--clear-groups'] : [])

function run([program, ...words]: string[]): void {
  const done = spawnSync(program as string, words, { encoding: 'utf8' })
  assert.is(done.status, 0, `${program}: ${done.stdout}${done.stderr}`)
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}

const mariadb = ready ? new MariaDb(await freePort()) : undefined
await mariadb?.started()
const site = await Site.make((model) =>
  model
    .replace('type: postgresql', 'type: mysql')
    .replace('port: "{{ apim_local.database_port }}"', `port: ${mariadb?.port}`)
    .replace('admin_user: postgres', 'admin_user: root')
    .replace('admin_password: "{{ apim_secrets.database_admin }}"', `admin_password: ${rootPassword}`)
    .replace(/private: .*postgresql"/, "private: ''")
    .replace('/usr/share/java/postgresql.jar', driver),
)

suite('site.yaml makes databases, accounts, schema and datasources', async () => {
  const run = await site.run('site.yaml')
  assert.equal(run.failures, [])
  assert.is(run.exit, 0, run.stderr)
  const sets = mariadb!.rows("SELECT schema_name, default_character_set_name FROM information_schema.schemata WHERE schema_name LIKE '%\\_db' ORDER BY 1")
  assert.equal(sets, ['apim_db\tlatin1', 'shared_db\tlatin1'])
  assert.equal(mariadb!.rows("SELECT COUNT(*) FROM information_schema.tables WHERE table_name IN ('AM_API', 'UM_USER')"), ['2'])
  const toml = readFileSync(site.toml(2), 'utf8')
  assert.match(toml, `url = "jdbc:mariadb://127.0.0.1:${mariadb!.port}/apim_db?autoReconnect=true"`)
  assert.match(toml, 'driver = "org.mariadb.jdbc.Driver"')
  assert.not.ok(existsSync(site.local('postgresql')))
})

suite('each account may use its own database and no other', () => {
  const rights = mariadb!.rows("SELECT DISTINCT CONCAT(user, ' ', db) FROM mysql.db WHERE user IN ('apim', 'shared') ORDER BY 1")
  assert.equal(rights, ['apim apim_db', 'shared shared_db'])
})

suite('a second run, and a check, change nothing', async () => {
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
  site.edit('inventory/local/group_vars/all/apim.yaml', (text) => text.replace("private: ''", 'private: /var/lib/apim-cluster'))
  const run = await site.run('site.yaml')
  assert.is(run.exit, 2)
  assert.match(run.failures.join('\n'), /only a PostgreSQL cluster is made here/)
  assert.equal(run.changed, [])
  site.edit('inventory/local/group_vars/all/apim.yaml', (text) => text.replace('private: /var/lib/apim-cluster', "private: ''"))
})

test.after(async () => {
  await site.remove()
  await mariadb?.stop()
})
test.run()
