/** One project directory: runs its playbook, kills the run, and tells what state it left. */
import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { program } from '../../program.ts'

/** An event of a run, and when it came. */
export interface Moment { ms: number; event: string }

export interface Ran { exit: number | null; signal: string | null; moments: Moment[]; changed: string[]; text: string; last: string }

interface Database { port: number; password: string; name: string }

const hosts = ['one', 'two']

export class Project {
  readonly dir: string
  private readonly tmp: string
  private readonly database: Database
  /** Marks all processes of this project in their environment. */
  private readonly mark: string

  constructor(dir: string, tmp: string, database: Database) {
    this.dir = dir
    this.tmp = tmp
    this.database = database
    this.mark = `AARUN_TEST_KILL=${dir}`
    mkdirSync(tmp, { recursive: true })
    for (const host of hosts) mkdirSync(join(dir, 'hosts', host), { recursive: true })
    const host = (name: string) => `    ${name}: { root: ${JSON.stringify(join(dir, 'hosts', name))} }\n`
    const vars = { ansible_connection: 'local', database: database.name, database_port: database.port, database_password: database.password }
    writeFileSync(join(dir, 'hosts.yaml'), `all:\n  vars: ${JSON.stringify(vars)}\n  hosts:\n${hosts.map(host).join('')}`)
  }

  run(): Promise<Ran> {
    return this.start()
  }

  /** Kills aarun alone, `ms` after the event of that number; what it had begun on the hosts goes on. */
  killAt(event: number, ms: number): Promise<Ran> {
    return this.start((child, seen) => {
      if (seen === event + 1) setTimeout(() => child.kill('SIGKILL'), ms)
      // This run is faster than the one that was measured.
      if (seen === event + 2) child.kill('SIGKILL')
    })
  }

  /** Waits until what a killed run had begun has ended. */
  async settle(): Promise<void> {
    for (let tries = 0; this.processes().length > 0; tries++) {
      if (tries > 200) throw new Error(`still running: ${this.processes().join(', ')}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  read(host: string, name: string): string {
    return readFileSync(join(this.dir, 'hosts', host, name), 'utf8')
  }

  /** What was made, as text: types, modes, contents and links below the hosts' directories, and the database. */
  async state(): Promise<string> {
    const token = readFileSync(join(this.dir, 'secrets/token'), 'utf8').trim()
    const lines = [`secrets/token ${lstatSync(join(this.dir, 'secrets/token')).mode.toString(8)} ${token.length}`]
    const plain = (text: string) => text.replaceAll(this.dir, '@').replaceAll(token, '(token)')
    const visit = (path: string) => {
      const stat = lstatSync(path)
      const name = `${path.slice(this.dir.length + 1)} ${stat.mode.toString(8)} ${stat.uid}:${stat.gid}`
      if (stat.isSymbolicLink()) lines.push(`${name} -> ${plain(readlinkSync(path))}`)
      else if (stat.isDirectory()) {
        lines.push(name)
        for (const entry of readdirSync(path).sort()) visit(join(path, entry))
      } else if (path.endsWith('.p12')) lines.push(`${name} ${stat.nlink} ${certificates(path, token)}`)
      else lines.push(`${name} ${stat.nlink} ${digest(plain(readFileSync(path, 'latin1')))}`)
    }
    visit(join(this.dir, 'hosts'))
    lines.push(`database: ${this.tables()}`, `pending handlers: ${this.pending()}`)
    return lines.join('\n')
  }

  /** Files that are nobody's: candidates beside their targets, and directories of sessions. */
  async leftovers(): Promise<string> {
    const names = readdirSync(join(this.dir, 'hosts'), { recursive: true, encoding: 'utf8' }).filter((name) => /aarun|\.part$|~$/.test(name))
    const own = existsSync(join(this.dir, 'secrets')) ? readdirSync(join(this.dir, 'secrets')).filter((name) => name !== 'token') : []
    const state = existsSync(join(this.dir, '.aarun')) ? readdirSync(join(this.dir, '.aarun')).filter((name) => /^pending-handlers\.json./.test(name)) : []
    const lock = join(this.tmp, 'lock')
    const locks = existsSync(lock) ? readdirSync(lock).map((name) => `lock/${name}`) : []
    return [...names, ...own, ...state, ...locks, ...readdirSync(this.tmp).filter((name) => name.startsWith('aarun'))].sort().join(' ')
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true })
  }

  private start(onEvent: (child: ReturnType<typeof spawn>, seen: number) => void = () => {}): Promise<Ran> {
    const [name, value] = this.mark.split('=') as [string, string]
    const [command, ...words] = program
    const args = [...words, 'play.yaml', '-i', 'hosts.yaml', '--output', 'json']
    const child = spawn(command, args, { cwd: this.dir, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, AARUN_LOCK_DIR: join(this.tmp, 'lock'), TMPDIR: this.tmp, [name]: value } })
    const started = Date.now()
    const moments: Moment[] = []
    const changed: string[] = []
    const failures: string[] = []
    let stderr = ''
    let rest = ''
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString()
    })
    child.stdout.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split('\n')
      rest = lines.pop() as string
      for (const line of lines) {
        const event = JSON.parse(line)
        moments.push({ ms: Date.now() - started, event: `${event.event} ${event.task ?? event.id ?? ''} ${event.host ?? event.name ?? ''}` })
        if (event.event === 'result' && event.status === 'changed') changed.push(`${event.host} ${event.task}`)
        if (event.message) failures.push(`${event.host ?? ''} ${event.message}`)
        onEvent(child, moments.length)
      }
    })
    return new Promise((resolve) => {
      child.on('close', (exit, signal) => resolve({ exit, signal, moments, changed, text: [...failures, stderr].join('\n'), last: moments.at(-1)?.event ?? 'the start' }))
    })
  }

  /** Processes that carry the mark: aarun, its shells and what these run. */
  private processes(): string[] {
    const own = (pid: string) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(this.mark)
      } catch {
        return false
      }
    }
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && own(name))
  }

  private tables(): string {
    const names = this.query("SELECT tablename || ' ' || tableowner FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").split('\n')
    const sum = names.map((name) => `(SELECT count(*) FROM ${name.split(' ')[0]})`).join(' + ')
    const rows = this.query(`SELECT ${sum}`)
    return `${names.length} tables, ${rows} rows, ${digest(names.join().replaceAll(this.database.name, '@'))}`
  }

  private query(sql: string): string {
    const { port, password, name } = this.database
    const args = ['-X', '-q', '-A', '-t', '-h', '127.0.0.1', '-p', String(port), '-U', 'postgres', '-d', name, '-c', sql]
    return execFileSync('psql', args, { encoding: 'utf8', env: { ...process.env, PGPASSWORD: password } }).trim()
  }

  private pending(): string {
    const path = join(this.dir, '.aarun/pending-handlers.json')
    return existsSync(path) ? JSON.stringify(JSON.parse(readFileSync(path, 'utf8'))) : '[]'
  }
}

const digest = (text: string) => createHash('sha256').update(text, 'latin1').digest('hex').slice(0, 16)

/** What a keystore holds; its bytes are different each time. */
function certificates(path: string, password: string): string {
  const args = ['pkcs12', '-in', path, '-nokeys', '-passin', 'env:STORE']
  const text = execFileSync('openssl', args, { encoding: 'latin1', env: { ...process.env, STORE: password }, stdio: ['ignore', 'pipe', 'ignore'] })
  const found = [...text.matchAll(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g)].map(([pem]) => digest(pem)).sort()
  return `${found.length} certificates ${found.join(' ')}`
}
