/** The databases of one test file, on a server that other files use at the same time: each name gets an ending of its own. */
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import process from 'node:process'
import { postgres, type TestServer, whyNoPostgres } from '../tasks/database/servers.ts'

export class Postgres {
  readonly #server: TestServer
  readonly #own = randomBytes(4).toString('hex')

  private constructor(server: TestServer) {
    this.#server = server
  }

  static async start(): Promise<Postgres> {
    const missing = whyNoPostgres()
    if (missing) throw new Error(`these tests need PostgreSQL: ${missing}: apt-get install postgresql`)
    return new Postgres(await postgres())
  }

  get port(): number {
    return this.#server.port
  }

  get password(): string {
    return this.#server.password
  }

  /** What the database of this name is called on the server. */
  name(database: string): string {
    return database === 'postgres' ? database : `${database}_${this.#own}`
  }

  /** The result, one row a line. */
  query(database: string, sql: string): string {
    return this.#psql(database, ['-c', sql])
  }

  /** Runs a script as `psql -f` does without further options: errors are counted, and the exit code is 0. */
  script(database: string, file: string): string {
    return this.#psql(database, ['-f', file])
  }

  create(database: string): void {
    this.query('postgres', `CREATE DATABASE ${this.name(database)}`)
  }

  stop(): Promise<void> {
    return this.#server.stop()
  }

  #psql(database: string, args: string[]): string {
    const connection = ['-h', '127.0.0.1', '-p', String(this.port), '-U', 'postgres', '-d', this.name(database)]
    return execFileSync('psql', ['-X', '-q', '-A', '-t', ...connection, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, PGPASSWORD: this.password },
    }).trim()
  }
}
