/** The context of a task, for tests: files from a temporary project, variables from the test. */
import { existsSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import type { Context } from '../../../src/module/index.ts'
import type { Options } from '../harness.ts'

export function makeContext(options: Options, project?: string): Context {
  const vars = options.vars ?? {}
  const unsupported = (what: string) => (): never => {
    throw new Error(`this test has no ${what}: give it in options.context`)
  }
  return {
    check: options.check ?? false,
    diff: false,
    host: { name: 'localhost', address: '127.0.0.1', transport: 'local' },
    environment: {},
    evaluate: unsupported('evaluate'),
    condition: unsupported('condition'),
    render: (text) => substitute(text, vars),
    find: (kind, name) => findFile(project, kind, name),
    variable: (name) => vars[name],
    hosts: () => ['localhost'],
    ...options.context,
  }
}

/** `{{ name }}` only: what the real engine can do is tested where it lives. */
function substitute(text: string, vars: Record<string, unknown>): string {
  return text.replace(/\{\{ *(\w+) *\}\}/g, (_all, name: string) => String(vars[name]))
}

function findFile(project: string | undefined, kind: string, name: string): string {
  if (isAbsolute(name)) {
    if (existsSync(name)) return name
  } else if (project) {
    for (const path of [join(project, kind, name), join(project, name)]) if (existsSync(path)) return path
  }
  throw new Error(`could not find ${name} in ${kind}`)
}
