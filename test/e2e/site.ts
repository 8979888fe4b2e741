/** A copy of the project's playbooks in a temporary directory, on ports of its own, and the command line to run them. */
import { createHash } from 'node:crypto'
import { cpSync, lstatSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { execa } from 'execa'
import type { Event, Recap } from '../../src/events/index.ts'
import { compiledPack, RELEASES } from '../pack/compiled.ts'
import { nodeOffset } from '../pack/ports.ts'
import { freeOffset, freePort } from '../ports.ts'
import { program, root } from '../program.ts'

export interface Ran {
  exit: number
  events: Event[]
  hosts: Record<string, Recap>
  /** `host task-file:line` of everything that changed (or would), sorted. */
  changed: string[]
  unknown: string[]
  stderr: string
  text: string
  failures: string[]
}

export class Site {
  readonly dir: string
  offset = 0
  ports = { portal: 0, gateway: 0, streams: 0, database: 0 }

  constructor() {
    this.dir = mkdtempSync(join(tmpdir(), 'aarun site-'))
    for (const name of ['playbooks', 'inventory']) cpSync(join(root, name), join(this.dir, name), { recursive: true })
    cpSync(compiledPack(this.dir), this.path('lab/pack'), { recursive: true })
    cpSync(RELEASES, this.path('lab/releases'), { recursive: true })
    cpSync(join(root, 'lab/analytics'), this.path('lab/analytics'), { recursive: true })
  }

  /** With as many nodes as are wanted; more than two are added as an operator would. */
  static async make(edit: (model: string) => string = (model) => model, nodes = 2): Promise<Site> {
    const site = new Site()
    site.offset = await nodeOffset(...Array.from({ length: nodes - 1 }, (_, index) => index + 1))
    for (let node = 3; node <= nodes; node++) {
      site.edit('inventory/local/hosts.yaml', (text) => text.replace(`        node${node - 1}:\n`, (line) => `${line}        node${node}:\n`))
      const text = readFileSync(site.path('inventory/local/host_vars/node2.yaml'), 'utf8')
      writeFileSync(site.path(`inventory/local/host_vars/node${node}.yaml`), text.replace('offset + 1', `offset + ${node - 1}`).replace('/node2/', `/node${node}/`))
    }
    site.ports = { portal: await freePort(), gateway: await freePort(), streams: await freeOffset([0, 1, 2, 3], 10_000, 32_000), database: await freePort() }
    site.edit('inventory/local/group_vars/all/apim.yaml', (text) =>
      edit(text)
        // Its own copy of the pack: compiled already, and free to be changed.
        .replaceAll('{{ aarun_package_dir }}', site.dir)
        .replace(/offset: 0$/m, `offset: ${site.offset}`)
        .replace(/portal_port: 9543/, `portal_port: ${site.ports.portal}`)
        .replace(/gateway_port: 8343/, `gateway_port: ${site.ports.gateway}`)
        .replace(/stream_port: 8345/, `stream_port: ${site.ports.streams}`)
        .replace(/database_port: 5532/, `database_port: ${site.ports.database}`),
    )
    return site
  }

  path(...names: string[]): string {
    return join(this.dir, ...names)
  }
  local(...names: string[]): string {
    return this.path('.aarun', 'local', ...names)
  }
  home(node: 1 | 2 | 3, version = '3.2.0'): string {
    return this.local(`node${node}`, `wso2am-${version}`)
  }
  toml(node: 1 | 2 | 3, version?: string): string {
    return join(this.home(node, version), 'repository/conf/deployment.toml')
  }
  pid(node: 1 | 2 | 3, version?: string): number {
    return Number(readFileSync(join(this.home(node, version), 'wso2carbon.pid'), 'latin1').replace(/[^0-9]/g, ''))
  }
  edit(name: string, change: (text: string) => string): void {
    const path = name.startsWith('/') ? name : this.path(name)
    writeFileSync(path, change(readFileSync(path, 'utf8')))
  }

  async run(playbook: string, ...args: string[]): Promise<Ran> {
    const done = await this.cli(`playbooks/${playbook}`, '--output', 'json', ...args)
    const events = done.stdout.split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Event)
    const places = new Map(events.flatMap((event) => (event.event === 'task' ? [[event.id, `${relative(this.dir, resolve(this.dir, event.path ?? ''))}:${event.line} ${event.name}`] as const] : [])))
    const results = events.filter((event) => event.event === 'result')
    const end = events.at(-1)
    return {
      exit: done.exitCode ?? -1,
      events,
      hosts: end?.event === 'end' ? end.hosts : {},
      changed: results.filter((event) => event.status === 'changed').map((event) => `${event.host} ${places.get(event.task)}`).sort(),
      unknown: results.filter((event) => event.unknown).map((event) => `${event.host} ${places.get(event.task)}: ${event.unknown}`),
      failures: results.filter((event) => event.status === 'failed' || event.status === 'unreachable').map((event) => `${event.host} ${places.get(event.task)}: ${event.message}`),
      stderr: done.stderr,
      text: done.stdout,
    }
  }

  cli(...args: string[]) {
    const [command, ...words] = program
    return execa(command, [...words, ...args], { cwd: this.dir, reject: false, stdin: 'ignore' })
  }

  /** Takes everything down; `npm stop`. */
  async remove(): Promise<void> {
    await this.run('teardown.yaml')
    rmSync(this.dir, { recursive: true, force: true })
  }

  /** Hash of everything below .aarun/local but what the running servers write by themselves. */
  treeHash(): string {
    const hash = createHash('sha256')
    const own = /(^|\/)(postgresql\/(data|server\.log)|nginx\/(logs|tmp)|repository\/logs|\.aarun\/runs)(\/|$)/
    const visit = (path: string) => {
      const name = relative(this.dir, path)
      if (own.test(name)) return
      const stat = lstatSync(path)
      hash.update(`${name}\0${stat.mode}\0${stat.uid}\0`)
      if (stat.isSymbolicLink()) hash.update(readlinkSync(path))
      else if (stat.isDirectory()) for (const entry of readdirSync(path).sort()) visit(join(path, entry))
      else if (stat.isFile()) hash.update(readFileSync(path))
    }
    visit(this.dir)
    return hash.digest('hex')
  }
}
