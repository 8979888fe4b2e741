/** A connection to this machine and a directory, for the length of a test file. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type Action,
  type Connection,
  connect,
  type Fact,
  type Kinds,
  type Outcome,
  type Probe,
  type ProbeKind,
  type Target,
} from '../../src/remote/index.ts'

export interface Fixture {
  host: Connection
  directory: string
  path(...names: string[]): string
  ask<K extends ProbeKind>(probe: Probe<K>): Promise<Kinds[K]['fact']>
  act(...actions: Action[]): Promise<Outcome[]>
  end(): Promise<void>
}

export function fixture(target: Target = { transport: 'local' }): Fixture {
  const host = connect(target)
  const directory = mkdtempSync(join(tmpdir(), 'aarun-remote-'))
  return {
    host,
    directory,
    path: (...names) => join(directory, ...names),
    ask: async <K extends ProbeKind>(probe: Probe<K>) => (await host.ask([probe as Probe]))[0] as Fact as Kinds[K]['fact'],
    act: async (...actions) => (await host.act(actions)).outcomes,
    async end() {
      await host.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
