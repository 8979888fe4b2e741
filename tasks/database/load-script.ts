/** The change that loads a script: as psql or mysql, or as the JDBC client does it, with a mark while it is under way. */
import { type Change, type Effect, type Probe, probe, type RunAction } from '../../src/module/index.ts'
import { askTables, executeScript, executeSteps, query, resource, type Login, type LoginArgs } from './client.ts'
import { DIALECTS } from './dialects.ts'
import type { Fields } from './jdbc/client.ts'
import type { Script } from './script.ts'
import { identifier, literal, MYSQL_PROLOGUE, type Engine } from './sql.ts'

/** Is there while a script is loading: MySQL and others can't undo what makes tables, so that a load that stopped must be known. */
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

export function tablesProbe(login: Login, wanted: Wanted): Probe<'command'> {
  const own = (['db', 'tables'] as const).map((kind) => resource(login, kind, wanted.database))
  const user = login.user
  const account = user === undefined ? [] : (['role', 'password'] as const).map((kind) => resource(login, kind, user))
  const options = { database: wanted.database, reads: [...own, ...account] }
  if (login.jdbc) return askTables(login, login.jdbc, wanted.engine === 'postgresql' ? wanted.schema : '', options)
  const sql =
    wanted.engine === 'postgresql'
      ? `select tablename from pg_catalog.pg_tables where schemaname = ${literal('postgresql', wanted.schema)};\n`
      : 'select table_name from information_schema.tables ' +
        `where table_schema = ${literal('mysql', wanted.database)} and table_type = 'BASE TABLE';\n`
  return query(login, sql, options)
}

/** Says nothing by itself; unknown exactly when an earlier task will make (or drop) the database. */
export function databaseProbe(login: Login, wanted: Wanted): Probe<'command'> {
  return probe.command({ argv: ['true'], reads: [resource(login, 'db', wanted.database)] })
}

/** `script` undefined: the pack that holds it is still to be unpacked. */
export function load(wanted: Wanted, login: Login, script: Script | undefined): Change {
  const tables = (script?.tables ?? []).map((name) => `${name}\n`).join('')
  const makes: Effect[] = [
    {
      kind: 'touched',
      resource: resource(login, 'tables', wanted.database),
      reason: `${wanted.script} will be loaded into ${wanted.database}`,
    },
    ...(tables === ''
      ? []
      : [{ kind: 'probe', probe: tablesProbe(login, wanted), fact: { found: true, rc: 0, stdout: tables, stderr: '' } } as Effect]),
  ]
  const count = script?.tables.length ?? 0
  return {
    summary: `load ${wanted.script} into ${wanted.database}${count > 0 ? ` (${count} tables)` : ''}`,
    after: { label: wanted.database, text: tables },
    actions: [action(wanted, login, script, { database: wanted.database, makes })],
  }
}

function action(wanted: Wanted, login: Login, script: Script | undefined, options: { database: string; makes: Effect[] }): RunAction {
  if (login.jdbc) return executeSteps(login, login.jdbc, steps(wanted, script), options)
  return executeScript(login, wrapped(wanted, script), options)
}

/** On PostgreSQL: whose the tables shall be, and where. */
function preparation({ session_role, schema }: Wanted): string[] {
  return [
    ...(session_role ? [`SET ROLE ${identifier('postgresql', session_role)}`] : []),
    ...(schema === 'public' ? [] : [`SET search_path TO ${identifier('postgresql', schema)}`]),
  ]
}

/** The script with what must be around it, for psql or mysql; on one line, so that the numbers of its lines stay. */
function wrapped(wanted: Wanted, script: Script | undefined): Uint8Array {
  const body = script?.body ?? new Uint8Array()
  if (wanted.engine === 'postgresql') return Buffer.concat([Buffer.from(preparation(wanted).map((sql) => `${sql}; `).join('')), body])
  const marker = identifier('mysql', MARKER)
  return Buffer.concat([
    Buffer.from(`CREATE TABLE ${marker} (started datetime); `),
    body,
    Buffer.from(`\n${script?.open ? ';\n' : ''}DROP TABLE ${marker};\n`),
  ])
}

function steps(wanted: Wanted, script: Script | undefined): Fields {
  const { whole, time } = DIALECTS[wanted.engine]
  const own = (script?.statements ?? []).flatMap(({ sql, label }): Fields => [
    ['label', label],
    ['statement', sql],
  ])
  const first: Fields = wanted.engine === 'postgresql' ? preparation(wanted).map((sql): Fields[number] => ['run', sql]) : []
  if (wanted.engine === 'mysql') first.push(['run', MYSQL_PROLOGUE.trim().replace(/;$/, '')])
  if (whole) return [['transaction', ''], ...first, ...own]
  return [...first, ['run', `CREATE TABLE ${MARKER} (started ${time})`], ...own, ['run', `DROP TABLE ${MARKER}`]]
}

