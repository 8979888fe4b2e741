/** Makes once what several files of a run need, and takes it down at the end. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { compile } from '../pack/compiled.ts'
import { built } from '../program.ts'
import { startSshd, whyNoSshd } from '../remote/sshd.ts'
import { type Shared, VARIABLE } from '../shared.ts'
import { startMariadb, startPostgres, type TestServer, whyNoMariadb, whyNoPostgres } from '../tasks/database/servers.ts'
import { reach } from './imports.ts'
import { interrupted, runJob } from './job.ts'

export interface Provided {
  /** The environment of the test files. */
  env: Record<string, string>
  /** Where tsx keeps what it has transpiled. */
  cache: string
  stop(): Promise<void>
}

/** Builds the program and installs, with it, what these files test against. Gives the program's entry when they start it. */
export async function prepare(list: string[]): Promise<string | undefined> {
  const starts = list.some((file) => reach(file).has('test/program.ts'))
  if (!starts && !list.some((file) => reach(file).has('src/remote/index.ts'))) return undefined
  const build = await runJob({ title: 'build', argv: ['npm', 'run', '--silent', 'build'], timeout: 300 })
  if (interrupted()) return undefined
  if (build.code !== 0) throw new Error(`the program could not be built:\n${build.output}`)
  const argv = [process.execPath, built(), 'test/prepare.yaml', '-i', 'localhost,', '--output', 'plain']
  const { code, output } = await runJob({ title: 'prepare', argv, timeout: 900 })
  if (code !== 0 || output.includes('will fail')) console.log(output)
  return built()
}

export async function provide(list: string[], program?: string): Promise<Provided> {
  const needed = (file: string) => list.some((test) => reach(test).has(file))
  const before = process.env.TMPDIR
  const directory = mkdtempSync(join(tmpdir(), 'aarun-run-'))
  const stops: (() => Promise<void> | void)[] = [() => rmSync(directory, { recursive: true, force: true })]
  const stop = async () => {
    for (const each of stops.splice(0).reverse()) await each()
  }
  chmodSync(directory, 0o755)
  mkdirSync(join(directory, 'ports'))
  mkdirSync(join(directory, 'cache'))
  // What is started here lies below the directory of the run.
  process.env.TMPDIR = directory
  const shared: Shared = { ports: join(directory, 'ports') }
  if (program) shared.program = program
  const address = (server: TestServer) => {
    stops.push(server.stop)
    return { port: server.port, socket: server.socket, password: server.password }
  }
  try {
    if (needed('test/pack/compiled.ts')) shared.pack = compile(join(directory, 'pack'))
    if (needed('test/tasks/database/servers.ts')) {
      if (!whyNoPostgres()) shared.postgres = address(await startPostgres())
      if (!whyNoMariadb()) shared.mariadb = address(await startMariadb())
    }
    if (needed('test/remote/sshd.ts') && !whyNoSshd()) {
      const sshd = await startSshd()
      stops.push(sshd.stop)
      shared.sshd = { port: sshd.port, directory: sshd.directory }
    }
  } catch (error) {
    await stop()
    throw error
  } finally {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
  }
  return { env: { [VARIABLE]: JSON.stringify(shared) }, cache: join(directory, 'cache'), stop }
}
