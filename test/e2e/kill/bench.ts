/** A database server, the files of the playbook, and a fresh project for each run that is killed. */
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { postgres, type TestServer } from '../../tasks/database/servers.ts'
import { Project } from './project.ts'

export type { Moment } from './project.ts'

const here = fileURLToPath(new URL('.', import.meta.url))

export class Bench {
  readonly dir: string
  private readonly server: TestServer

  private constructor(dir: string, server: TestServer) {
    this.dir = dir
    this.server = server
  }

  static async make(): Promise<Bench> {
    const dir = mkdtempSync(join(tmpdir(), 'aarun kill-'))
    makeFiles(join(dir, 'playbooks'))
    return new Bench(dir, await postgres())
  }

  /** A copy of the playbook with a database of its own. */
  project(name: string): Project {
    const dir = join(this.dir, name)
    cpSync(join(this.dir, 'playbooks'), dir, { recursive: true, preserveTimestamps: true })
    const { port, password } = this.server
    return new Project(dir, join(this.dir, 'tmp'), { port, password, name: `db_${name.replaceAll('-', '_')}` })
  }

  async remove(): Promise<void> {
    await this.server.stop()
    rmSync(this.dir, { recursive: true, force: true })
  }
}

/** What the playbook sends: a file that takes several pieces, a tree, an archive, two certificates, a schema. */
function makeFiles(dir: string): void {
  const files = join(dir, 'files')
  cpSync(join(here, 'play.yaml'), join(dir, 'play.yaml'))
  cpSync(join(here, 'templates'), join(dir, 'templates'), { recursive: true })
  mkdirSync(join(files, 'tree/below'), { recursive: true })
  cpSync(join(here, 'deployment.toml'), join(files, 'deployment.toml'))
  writeFileSync(join(files, 'large.bin'), randomBytes(6_000_000))
  for (let n = 0; n < 15; n++) writeFileSync(join(files, n % 2 ? 'tree' : 'tree/below', `${n}.txt`), `${n}\n`.repeat(n * 100), { mode: n % 2 ? 0o640 : 0o755 })
  const members = join(dir, 'members')
  mkdirSync(join(members, 'sample'), { recursive: true })
  for (let n = 0; n < 40; n++) writeFileSync(join(members, 'sample', `${n}`), `${n}\n`)
  writeFileSync(join(members, 'settings.ini'), 'color = red\ncolour=green\n')
  writeFileSync(join(members, 'last'), '')
  execFileSync('tar', ['-czf', join(files, 'app.tar.gz'), '-C', members, 'sample', 'settings.ini', 'last'])
  rmSync(members, { recursive: true })
  for (const name of ['one']) {
    const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', '-subj', `/CN=${name}`, '-keyout', join(dir, 'key'), '-out', join(files, `${name}.pem`)]
    execFileSync('openssl', request, { stdio: 'ignore' })
  }
  rmSync(join(dir, 'key'))
  // Half of the tables are made a while before the others.
  const table = (n: number) => `CREATE TABLE t${n} (id integer PRIMARY KEY);\nINSERT INTO t${n} VALUES (${n});\n`
  const tables = Array.from({ length: 40 }, (_, n) => table(n))
  writeFileSync(join(files, 'schema.sql'), [...tables.slice(0, 20), 'SELECT pg_sleep(0.6);\n', ...tables.slice(20)].join(''))
}

