/** The test files, and which of them run where. */
import { readdirSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { root } from '../program.ts'

export const files: string[] = find(join(root, 'test')).map((file) => relative(root, file)).sort()
export const isEndToEnd = (file: string): boolean => file.startsWith('test/e2e/')
/** Of them those that take a pair of each release through everything: a run of its own, as long as all others together. */
export const isOfReleases = (file: string): boolean => file.startsWith('test/e2e/releases-')

/** What a runtime could do otherwise than Node: pure computation, and one file for each way to talk to a process. */
const deno = [
  ...['docs', 'events', 'inventory', 'module', 'playbook', 'product', 'report', 'template', 'text', 'yaml', 'engine'].map((name) => `test/${name}/`),
  'test/cli/playbook.test.ts',
  'test/remote/act-then.test.ts',
  'test/remote/actions.test.ts',
  'test/remote/http.test.ts',
  'test/remote/session.test.ts',
  'test/remote/ssh.test.ts',
  'test/tasks/apim/server.test.ts',
  'test/tasks/apim/toml',
  'test/tasks/commands/',
  'test/tasks/control/',
  'test/tasks/database/database.test.ts',
  'test/tasks/files/copy.test.ts',
  'test/tasks/index.test.ts',
]
const notDeno = ['test/playbook/growth.test.ts', 'test/engine/transports.test.ts', 'test/engine/round-trips.test.ts']

export const underDeno = (file: string): boolean => deno.some((start) => file.startsWith(start)) && !notDeno.includes(file)

/** Those that take long, longest first: they begin first, so that no worker is left alone with one at the end. */
const long = [
  'e2e/releases-newer', 'e2e/releases-older', 'e2e/verify', 'e2e/loadbalancer', 'e2e/databases', 'e2e/rolling', 'e2e/kill', 'e2e/site-3x', 'e2e/upgrade', 'pack/pack', 'e2e/site-4x', 'pack/releases', 'e2e/environment', 'e2e/mysql', 'e2e/mistakes',
  'tasks/apim/keystore', 'tasks/packages/packages', 'tasks/apim/loadbalancer', 'tasks/apim/server', 'tasks/database/database', 'engine/transports',
  'remote/ssh', 'tasks/apim/secret_vault', 'e2e/sync', 'cli/playbook', 'cli/errors', 'engine/round-trips', 'engine/lock', 'engine/laws', 'engine/hostile', 'engine/strategy',
]

export function longestFirst(list: string[]): string[] {
  const place = (file: string) => (long.findIndex((name) => file === `test/${name}.test.ts`) + long.length + 1) % (long.length + 1)
  return list.toSorted((a, b) => place(a) - place(b))
}

function find(directory: string): string[] {
  return readdirSync(directory).flatMap((name) => {
    const path = join(directory, name)
    if (statSync(path).isDirectory()) return find(path)
    return name.endsWith('.test.ts') ? [path] : []
  })
}
