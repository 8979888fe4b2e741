/** A server of H2, which speaks as SQL Server, Oracle and DB2 do: for what can't run here itself. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../ports.ts'

/** What test/prepare.yaml has fetched. */
export const driverJar = (name: string): string => join(homedir(), '.cache/aarun-test', `${name}.jar`)
export const H2 = driverJar('h2-2.2.224')
export const whyNoH2 = (): string | undefined => (existsSync(H2) ? undefined : `there is no ${H2} (test/prepare.yaml)`)

export const MODES = { mssql: 'MSSQLServer', oracle: 'Oracle', db2: 'DB2' }
export type H2Engine = keyof typeof MODES

export interface H2Server {
  /** Of a database in the memory of the server, which lives as long as it. */
  url(engine: H2Engine, name: string): string
  stop(): Promise<void>
}

export async function startH2(): Promise<H2Server> {
  const port = await freePort()
  const words = ['-Xmx128m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-cp', H2, 'org.h2.tools.Server', '-tcp', '-tcpPort', String(port), '-ifNotExists']
  const server = spawn('java', words, { stdio: ['ignore', 'pipe', 'ignore'] })
  // It says so when it listens.
  await new Promise((resolve, reject) => {
    server.stdout.once('data', resolve)
    server.once('exit', () => reject(new Error('H2 ended while starting')))
  })
  return {
    url: (engine, name) => `jdbc:h2:tcp://127.0.0.1:${port}/mem:${name};MODE=${MODES[engine]};DB_CLOSE_DELAY=-1`,
    stop: () => ended(server),
  }
}

async function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return
  const gone = new Promise((resolve) => server.once('exit', resolve))
  server.kill()
  await gone
}
