/** The packed program, installed with npm into a prefix of its own, without a network. */
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { execa } from 'execa'
import type { Event, Recap } from '../../src/events/index.ts'
import { root } from '../program.ts'

const sources = ['build', 'docs', 'install', 'src', 'tasks', 'README.md', 'CONTRIBUTING.md', 'LICENSE', 'tsconfig.json', 'package.json', 'package-lock.json']

/** Adds to a directory with playbooks, inventory and lab what else belongs to the package, and its libraries. */
export function completePackage(directory: string): void {
  for (const name of sources) cpSync(join(root, name), join(directory, name), { recursive: true })
  cpSync(join(root, 'node_modules'), join(directory, 'node_modules'), { recursive: true, verbatimSymlinks: true, filter: (path) => !/node_modules\/\.cache(\/|$)/.test(path) })
}

/** Packs it as this version; the tarball brings its libraries along. Gives the path of the tarball. */
export async function pack(directory: string, version: string): Promise<string> {
  const path = join(directory, 'package.json')
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), version, bundleDependencies: true }))
  await execa('npm', ['pack', '--silent'], { cwd: directory })
  return join(directory, `aarun-${version}.tgz`)
}

export interface Ended {
  exit: number
  stderr: string
  hosts: Record<string, Recap>
  changed: string[]
  failures: string[]
}

export class Installed {
  readonly prefix: string
  readonly home: string

  constructor(prefix: string) {
    this.prefix = prefix
    this.home = join(prefix, 'lib/node_modules/aarun')
  }

  install(tarball: string) {
    return execa('npm', ['install', '--global', '--offline', '--no-audit', '--no-fund', '--prefix', this.prefix, tarball], { reject: false, all: true })
  }

  get version(): string {
    return existsSync(this.home) ? (JSON.parse(readFileSync(join(this.home, 'package.json'), 'utf8')) as { version: string }).version : ''
  }

  cli(cwd: string, ...args: string[]) {
    const { AARUN_INVENTORY: _, ANSIBLE_INVENTORY: __, ...env } = process.env
    return execa(join(this.prefix, 'bin/aarun'), args, { cwd, env, extendEnv: false, reject: false, stdin: 'ignore' })
  }

  async run(cwd: string, playbook: string, ...args: string[]): Promise<Ended> {
    const done = await this.cli(cwd, `playbooks/${playbook}`, '--output', 'json', ...args)
    const events = done.stdout.split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Event)
    const names = new Map(events.flatMap((event) => (event.event === 'task' ? [[event.id, event.name] as const] : [])))
    const results = events.filter((event) => event.event === 'result')
    const end = events.at(-1)
    return {
      exit: done.exitCode ?? -1,
      stderr: done.stderr,
      hosts: end?.event === 'end' ? end.hosts : {},
      changed: results.filter((event) => event.status === 'changed').map((event) => `${event.host} ${names.get(event.task)}`),
      failures: results.filter((event) => event.status === 'failed').map((event) => `${event.host} ${names.get(event.task)}: ${event.message}`),
    }
  }
}
