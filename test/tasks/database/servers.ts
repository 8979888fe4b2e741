/**
 * Real PostgreSQL and MariaDB servers, with data, socket and port of their own. A run of the suite shares one of each:
 * whoever uses it takes names for databases and accounts that are nobody else's.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../ports.ts'
import { shared } from '../../shared.ts'

export interface TestServer {
  port: number
  /** Of PostgreSQL the directory, of MariaDB the file. */
  socket: string
  password: string
  stop(): Promise<void>
}

const isRoot = process.getuid?.() === 0

/** Neither server runs as root; 'nobody' is on every machine. */
function runAs(words: string[]): [string, string[]] {
  return isRoot ? ['setpriv', ['--reuid=65534', '--regid=65534', '--clear-groups', ...words]] : [words[0]!, words.slice(1)]
}

function directoryFor(name: string): string {
  const directory = mkdtempSync(join(tmpdir(), `aarun-${name}-`))
  if (isRoot) chownSync(directory, 65534, 65534)
  chmodSync(directory, 0o755)
  return directory
}

function postgresBin(): string | undefined {
  const root = '/usr/lib/postgresql'
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : []
  return versions.map((version) => join(root, version, 'bin')).find((bin) => existsSync(join(bin, 'initdb')))
}

/** Why a server can't be started here; undefined when it can. */
export function whyNoPostgres(): string | undefined {
  return postgresBin() ? undefined : 'postgresql is not installed'
}
export function whyNoMariadb(): string | undefined {
  return existsSync('/usr/sbin/mariadbd') ? undefined : 'mariadb-server is not installed'
}

/** The server of this run, or else one that is started and stopped by who asks for it. */
export const postgres = async (): Promise<TestServer> => (shared.postgres ? { ...shared.postgres, stop: async () => {} } : await startPostgres())
export const mariadb = async (): Promise<TestServer> => (shared.mariadb ? { ...shared.mariadb, stop: async () => {} } : await startMariadb())

/** `tls`: a certificate and its key, PEM. */
export async function startPostgres(tls?: { certificate: string; key: string }): Promise<TestServer> {
  const bin = postgresBin()!
  const directory = directoryFor('pg')
  for (const name of tls ? (['certificate', 'key'] as const) : []) {
    writeFileSync(join(directory, name), tls![name], { mode: 0o600 })
    if (isRoot) chownSync(join(directory, name), 65534, 65534)
  }
  const encrypted = tls ? ['-c', 'ssl=on', '-c', `ssl_cert_file=${directory}/certificate`, '-c', `ssl_key_file=${directory}/key`] : []
  const data = join(directory, 'data')
  const password = 'pg admin\'s "secret"'
  writeFileSync(join(directory, 'pw'), password)
  run(
    join(bin, 'initdb'),
    '-D',
    data,
    '-U',
    'postgres',
    '--auth=scram-sha-256',
    `--pwfile=${directory}/pw`,
    '-E',
    'UTF8',
    '--locale=C',
    '--no-sync',
  )
  const port = await freePort()
  const server = start(directory, join(bin, 'postgres'), '-D', data, '-p', String(port), '-k', directory, '-h', '127.0.0.1', '-F', '-c', 'max_connections=200', ...encrypted)
  await until(server, () => spawnSync(join(bin, 'pg_isready'), ['-h', directory, '-p', String(port)]).status === 0)
  return { port, socket: directory, password, stop: () => stop(server, directory, 'SIGINT') }
}

export async function startMariadb(): Promise<TestServer> {
  const directory = directoryFor('my')
  const data = join(directory, 'data')
  mkdirSync(data)
  if (isRoot) chownSync(data, 65534, 65534)
  const port = await freePort()
  const socket = join(directory, 'sock')
  const password = 'my admin\'s "secret" \\'
  run('mariadb-install-db', '--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db')
  const options = [
    `--datadir=${data}`,
    `--socket=${socket}`,
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    `--pid-file=${directory}/pid`,
    '--innodb-buffer-pool-size=32M',
    '--innodb-flush-log-at-trx-commit=0',
  ]
  const server = start(directory, '/usr/sbin/mariadbd', '--no-defaults', ...options, '--character-set-server=utf8mb4')
  await until(server, () => spawnSync('mariadb-admin', ['--no-defaults', `--socket=${socket}`, '-uroot', 'ping']).status === 0)
  // The accounts without a name that a new installation has would catch logins of others.
  const sql = `drop user if exists ''@'localhost'; drop user if exists ''@'${hostname()}'; alter user root@localhost identified by 'my admin''s "secret" \\\\';`
  const done = spawnSync('mysql', ['--no-defaults', `--socket=${socket}`, '-uroot'], { input: sql, encoding: 'utf8' })
  if (done.status !== 0) throw new Error(done.stderr)
  return { port, socket, password, stop: () => stop(server, directory, 'SIGTERM') }
}

function hostname(): string {
  return spawnSync('hostname', { encoding: 'utf8' }).stdout.trim()
}

function run(...words: string[]): void {
  const [program, args] = runAs(words)
  const done = spawnSync(program, args, { encoding: 'utf8', env: { PATH: process.env.PATH, LC_ALL: 'C' } })
  if (done.status !== 0) throw new Error(`${words[0]} failed: ${done.stderr}${done.stdout}`)
}

function start(directory: string, ...words: string[]): ChildProcess {
  const [program, args] = runAs(words)
  return spawn(program, args, { stdio: 'ignore', env: { PATH: process.env.PATH, LC_ALL: 'C', TMPDIR: directory } })
}

async function until(server: ChildProcess, ready: () => boolean): Promise<void> {
  for (let i = 0; i < 300; i++) {
    if (ready()) return
    if (server.exitCode !== null) throw new Error('the server ended while starting')
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('the server did not start')
}

async function stop(server: ChildProcess, directory: string, signal: NodeJS.Signals): Promise<void> {
  if (server.exitCode === null) {
    const ended = new Promise((resolve) => server.once('exit', resolve))
    server.kill(signal)
    await ended
  }
  rmSync(directory, { recursive: true, force: true })
}
