/** Runs a playbook given as text against hosts given as text, and collects its events. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { modules } from '../../tasks/index.ts'
import { type RunOptions, run } from '../../src/engine/index.ts'
import { type Event, Secrets } from '../../src/events/index.ts'
import { loadInventory } from '../../src/inventory/index.ts'
import { Registry } from '../../src/module/registry.ts'
import { loadPlaybook } from '../../src/playbook/index.ts'

const registry = new Registry(modules)

export interface Project { dir: string; file(name: string, text: string | Uint8Array): string; path(name: string): string; remove(): void }

/** A temporary directory with a playbook's files. */
export function project(files: Record<string, string> = {}): Project {
  const dir = mkdtempSync(join(tmpdir(), 'aarun-'))
  const self: Project = {
    dir,
    path: (name) => join(dir, name),
    file(name, text) {
      const path = join(dir, name)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, text)
      return path
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  }
  for (const [name, text] of Object.entries(files)) self.file(name, text)
  return self
}

export const localHosts = (...names: string[]) => `all:\n  vars: { ansible_connection: local }\n  hosts:\n${names.map((name) => `    ${name}:`).join('\n')}\n`

export interface Ran {
  exit: number
  events: Event[]
  end: Extract<Event, { event: 'end' }>
  results: Extract<Event, { event: 'result' }>[]
  /** Status of the task of that name on a host (default: the first). */
  status(task: string, host?: string): string | undefined
  result(task: string, host?: string): Record<string, unknown> | undefined
  message(task: string, host?: string): string | undefined
  /** host/task of everything that changed, in order. */
  changed: string[]
}

export async function play(at: Project, playbook: string, options: Partial<RunOptions> & { inventory?: never; hosts?: string } = {}): Promise<Ran> {
  const { hosts, ...rest } = options
  const path = at.file('playbook.yaml', playbook)
  const source = at.file('hosts.yaml', hosts ?? localHosts('one'))
  const load = { registry, extraVars: rest.extraVars ?? {}, rolesPath: [] }
  const events: Event[] = []
  const { exit } = await run(
    {
      registry, load, inventory: loadInventory([source], { playbookDir: at.dir }), plays: loadPlaybook(path, load), playbooks: [path], tags: [], skipTags: [],
      check: false, diff: true, extraVars: {}, forks: 10, verbosity: 0, forceHandlers: false, connection: {}, secrets: new Secrets(), stateDir: at.path('.aarun'), ...rest,
    },
    { emit: (event) => events.push(event) },
  )
  const tasks = new Map(events.flatMap((event) => (event.event === 'task' ? [[event.id, event.name] as const] : [])))
  const results = events.filter((event) => event.event === 'result')
  const find = (task: string, host?: string) => results.findLast((event) => tasks.get(event.task) === task && (!host || event.host === host))
  return {
    exit, events, results,
    end: events.at(-1) as Ran['end'],
    status: (task, host) => find(task, host)?.status,
    result: (task, host) => find(task, host)?.result,
    message: (task, host) => find(task, host)?.message,
    changed: results.filter((event) => event.status === 'changed').map((event) => `${event.host}/${tasks.get(event.task)}`).sort(),
  }
}
