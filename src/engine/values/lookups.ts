/** What lookup plugins (file, template, env, pipe …) get from the run. */
import { readFileSync } from 'node:fs'
import { execaSync } from 'execa'
import { find } from '../../playbook/index.ts'
import type { LookupContext } from '../../template/index.ts'
import type { Role } from '../../playbook/index.ts'
import type { PlayState, RunState } from '../state/run-state.ts'

export function lookupsOf(run: RunState, where: { play?: PlayState; role?: Role; directory?: string }): LookupContext {
  const playbookDir = where.play?.play.directory ?? run.options.plays[0]?.directory ?? process.cwd()
  const { role } = where
  return {
    file: (kind, name) => find(kind, name, { directory: where.directory ?? playbookDir, playbookDir, ...(role ? { role } : {}) }),
    readFile: (path) => readFileSync(path, 'utf8'),
    env: (name) => process.env[name],
    run: (command) => execaSync('/bin/sh', ['-c', command], { cwd: playbookDir }).stdout,
    hostNames: (pattern) => run.options.inventory.match(pattern),
    passwords: { store: !run.options.check, made: run.madePasswords, secret: (password) => run.options.secrets.add(password) },
  }
}
