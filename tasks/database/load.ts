/** `schema`: is the schema of a script there, and how it is loaded, once. */
import {
  type Change,
  type Context,
  type Effect,
  type Facts,
  type Plan,
  type Probe,
  probe,
  Unknown,
} from '../../src/module/index.ts'
import { execute, loginOf, query, resource, rows, where, type Login, type LoginArgs } from './client.ts'
import { databaseError, serverMessage } from './errors.ts'
import { readScript, type Script } from './script.ts'
import { identifier, literal, type Engine } from './sql.ts'

/** Is there while a script is loading: MySQL can't undo what makes tables, so that a load that stopped must be known. */
export const MARKER = 'aarun_schema_loading'

export interface Wanted extends LoginArgs {
  engine: Engine
  database: string
  script: string
  schema: string
  session_role?: string
  sentinel?: string
  expect: string[]
}

export function observeSchema(wanted: Wanted): Probe[] {
  const login = loginOf(wanted.engine, wanted)
  return [scriptProbe(wanted), tablesProbe(login, wanted), databaseProbe(login, wanted)]
}

function scriptProbe(wanted: Wanted): Probe<'file'> {
  return probe.file({ path: wanted.script, follow: true, checksum: true, content: true })
}

function tablesProbe(login: Login, wanted: Wanted): Probe<'command'> {
  const sql =
    wanted.engine === 'postgresql'
      ? `select tablename from pg_catalog.pg_tables where schemaname = ${literal('postgresql', wanted.schema)};\n`
      : 'select table_name from information_schema.tables ' +
        `where table_schema = ${literal('mysql', wanted.database)} and table_type = 'BASE TABLE';\n`
  const own = (['db', 'tables'] as const).map((kind) => resource(login, kind, wanted.database))
  const user = login.user
  const account = user === undefined ? [] : (['role', 'password'] as const).map((kind) => resource(login, kind, user))
  return query(login, sql, { database: wanted.database, reads: [...own, ...account] })
}

/** Says nothing by itself; unknown exactly when an earlier task will make (or drop) the database. */
function databaseProbe(login: Login, wanted: Wanted): Probe<'command'> {
  return probe.command({ argv: ['true'], reads: [resource(login, 'db', wanted.database)] })
}

export function planSchema(wanted: Wanted, facts: Facts, context: Context): Plan {
  const login = loginOf(wanted.engine, wanted)
  // A database that will be made is empty. If only the account will change, what it holds can't be told yet.
  const anew = facts.get(databaseProbe(login, wanted)) instanceof Unknown
  const tables = anew ? facts.get(tablesProbe(login, wanted)) : facts.need(tablesProbe(login, wanted))
  const error = tables instanceof Unknown ? undefined : databaseError(login, tables)
  if (error) return { changes: [], failed: error }
  const present =
    tables instanceof Unknown ? new Set<string>() : new Set(rows(wanted.engine, tables).map((row) => row[0]!.toLowerCase()))
  if (wanted.sentinel && present.has(wanted.sentinel.toLowerCase()) && !present.has(MARKER)) return done(wanted, [], present)

  const file = facts.get(scriptProbe(wanted))
  if (file instanceof Unknown) {
    // The pack that holds the script is still to be unpacked: into an empty database it will be loaded.
    if (present.size === 0)
      return { changes: [load(wanted, login, { tables: [], drops: [], body: new Uint8Array(), open: false })], result: {} }
    facts.need(scriptProbe(wanted))
  }
  const content = (file as { content?: Uint8Array }).content
  if (content === undefined)
    return {
      changes: [],
      failed: `there is no script ${wanted.script} on the host: unpack the pack first, or correct the path`,
    }
  const script = readScript(content, wanted.engine)
  const expected = [...new Set([...script.tables, ...wanted.expect.map((name) => name.toLowerCase())])]
  if (expected.length === 0 && !wanted.sentinel) {
    return { changes: [], failed: `${wanted.script} makes no table: name one that is there after loading it with sentinel` }
  }
  return judge(wanted, login, script, expected, present, context)
}

function judge(wanted: Wanted, login: Login, script: Script, expected: string[], present: Set<string>, context: Context): Plan {
  const made = expected.filter((name) => present.has(name))
  const missing = expected.filter((name) => !present.has(name))
  const result = { ...done(wanted, expected, present).result, missing }
  const refused = context.outcomes?.find((outcome) => outcome.rc !== undefined && outcome.rc !== 0)
  if (refused) return { changes: [], result, failed: loadFailure(wanted, login, refused.stderr ?? '', made, expected) }
  if (present.has(MARKER)) {
    return {
      changes: [],
      result,
      failed:
        `an earlier load of a script into ${wanted.database} stopped in the middle ` +
        `(${made.length} of ${expected.length} tables are there): ${recover(wanted)}`,
    }
  }
  if (missing.length === 0 && expected.length > 0) return { changes: [], result }
  if (made.length > 0) {
    return {
      changes: [],
      result,
      failed:
        `${wanted.database} at ${where(login)} holds ${made.length} of the ${expected.length} tables of ${wanted.script}, ` +
        `but not ${few(missing)}. It may be of another version, or a load was cut short; the script is not run over it, ` +
        `because it may drop what is there. ${recover(wanted)}`,
    }
  }
  const lost = script.drops.filter((name) => present.has(name))
  if (lost.length > 0)
    return {
      changes: [],
      result,
      failed: `${wanted.script} would drop ${few(lost)}, which ${wanted.database} holds: load it into a database of its own`,
    }
  return { changes: [load(wanted, login, script)], result }
}

function done(wanted: Wanted, expected: string[], present: Set<string>): Plan {
  return {
    changes: [],
    result: {
      database: wanted.database,
      script: wanted.script,
      tables: expected.length,
      present: expected.filter((name) => present.has(name)).length,
      missing: [],
    },
  }
}

function load(wanted: Wanted, login: Login, script: Script): Change {
  const tables = script.tables.map((name) => `${name}\n`).join('')
  const question = tablesProbe(login, wanted)
  const makes: Effect[] = [
    {
      kind: 'touched',
      resource: resource(login, 'tables', wanted.database),
      reason: `${wanted.script} will be loaded into ${wanted.database}`,
    },
    ...(tables === ''
      ? []
      : [{ kind: 'probe', probe: question, fact: { found: true, rc: 0, stdout: tables, stderr: '' } } as Effect]),
  ]
  const count = script.tables.length
  return {
    summary: `load ${wanted.script} into ${wanted.database}${count > 0 ? ` (${count} tables)` : ''}`,
    after: { label: wanted.database, text: tables },
    actions: [
      execute(login, wrapped(wanted, script), {
        database: wanted.database,
        oneTransaction: wanted.engine === 'postgresql',
        makes,
      }),
    ],
  }
}

/** The script with what must be around it. */
function wrapped(wanted: Wanted, script: Script): Uint8Array {
  if (wanted.engine === 'postgresql') {
    const role = wanted.session_role ? `SET ROLE ${identifier('postgresql', wanted.session_role)}; ` : ''
    const path = wanted.schema === 'public' ? '' : `SET search_path TO ${identifier('postgresql', wanted.schema)}; `
    return Buffer.concat([Buffer.from(role + path), script.body])
  }
  const marker = identifier('mysql', MARKER)
  return Buffer.concat([
    Buffer.from(`CREATE TABLE ${marker} (started datetime); `),
    script.body,
    Buffer.from(`\n${script.open ? ';\n' : ''}DROP TABLE ${marker};\n`),
  ])
}

function loadFailure(wanted: Wanted, login: Login, stderr: string, made: string[], expected: string[]): string {
  const message = serverMessage(stderr) || 'no message'
  const hint = /ERROR 1071/.test(stderr) ? ` (create ${wanted.database} with character_set: latin1)` : ''
  const state =
    wanted.engine === 'postgresql'
      ? 'nothing was changed: all of it was rolled back'
      : `${made.length} of ${expected.length} tables were made, which MySQL can't undo` +
        `${made.length > 0 ? ` (${few(made)})` : ''}: ${recover(wanted)}`
  return `loading ${wanted.script} into ${wanted.database} at ${where(login)} failed: ${message}${hint}; ${state}`
}

function recover(wanted: Wanted): string {
  return (
    `if it holds nothing of value, drop it (database: name: ${wanted.database}, state: absent, force: true), ` +
    'create it and run again; else bring it up to date by hand'
  )
}

function few(names: string[]): string {
  return names.length > 8 ? `${names.slice(0, 8).join(', ')} and ${names.length - 8} more` : names.join(', ')
}
