/** What a database server says of itself, and whether who logs in may make what is missing. */
import { arg, defineModule, type Plan, Unknown, z } from '../../src/module/index.ts'
import { loginArgs, loginOf, type Login, type LoginArgs, query, rows, where } from './client.ts'
import { databaseError } from './errors.ts'
import { type Engine, literal } from './sql.ts'

const args = z.strictObject({
  engine: z.enum(['postgresql', 'mysql']).describe('Kind of server; MariaDB counts as mysql.'),
  databases: arg.list.default([]).describe('Databases that are going to be there.'),
  users: arg.list.default([]).describe('Accounts that are going to be there.'),
  ...loginArgs,
})
type Args = z.output<typeof args>

/** The oldest that any release of the product was tested with. */
const OLDEST: Record<string, [number, number]> = { PostgreSQL: [9, 5], MySQL: [5, 7], MariaDB: [10, 0] }

export default defineModule({
  name: 'database_info',
  collection: 'aarun.apim',
  changes: false,
  summary: 'Asks a PostgreSQL or MySQL/MariaDB server for its version, and whether the account that logs in has the rights that a deployment needs.',
  description: `It never fails: what is wrong (no answer, a wrong password, a server that is too old, rights that are missing for a database or an
account that is not there yet) are findings, for \`preflight_report\`.`,
  examples: `
- name: What the database server says
  database_info:
    engine: postgresql
    login_host: db1
    login_user: postgres
    login_password: "{{ postgres_password }}"
    databases: [apim_db, shared_db]
    users: [apim, shared]
  register: database
`,
  args,
  returns: { version: 'Its version.', product: 'PostgreSQL, MySQL or MariaDB.', findings: 'What is wrong, one text each.' },
  observe: (wanted) => [question(wanted)],
  plan(wanted, facts): Plan {
    const login = loginOf(wanted.engine, wanted as LoginArgs)
    const fact = facts.get(question(wanted))
    if (fact instanceof Unknown) return { changes: [], result: { findings: [] } }
    const error = databaseError(login, fact)
    if (error !== undefined) return { changes: [], result: { findings: [error.replaceAll('login_', 'apim.database.admin_').replace('apim.database.admin_host', 'apim.database.host').replace('apim.database.admin_port', 'apim.database.port')] } }
    const said = new Map(rows(wanted.engine, fact).map(([key = '', ...values]) => [key, values] as const))
    const version = said.get('version')?.[0] ?? ''
    const product = wanted.engine === 'postgresql' ? 'PostgreSQL' : /maria/i.test(version) ? 'MariaDB' : 'MySQL'
    return { changes: [], result: { version, product, findings: [...ageFindings(login, product, version), ...rightFindings(wanted, login, said)] } }
  },
})

const list = (engine: Engine, names: string[]) => (names.length === 0 ? "''" : names.map((name) => literal(engine, name)).join(', '))

/** One row for each answer: its name, then the values. */
function question(wanted: Args) {
  const { engine, databases, users } = wanted
  const sql =
    engine === 'postgresql'
      ? "select 'version', current_setting('server_version');\n" +
        "select 'rights', rolsuper, rolcreatedb, rolcreaterole from pg_catalog.pg_roles where rolname = current_user;\n" +
        `select 'databases', count(*) from pg_catalog.pg_database where datname in (${list(engine, databases)});\n` +
        `select 'users', count(*) from pg_catalog.pg_roles where rolname in (${list(engine, users)});\n`
      : "select 'version', version();\n" +
        `select 'databases', count(*) from information_schema.schemata where schema_name in (${list(engine, databases)});\n` +
        "select 'rights', group_concat(privilege_type) from information_schema.user_privileges " +
        "where replace(grantee, '''', '') = current_user();\n"
  return query(loginOf(engine, wanted as LoginArgs), sql, { reads: ['databases'] })
}

function ageFindings(login: Login, product: string, version: string): string[] {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10))
  const [a, b] = OLDEST[product] as [number, number]
  if (major > a || (major === a && minor >= b)) return []
  return [`${where(login)} is ${product} ${version}: API Manager needs ${a}.${b} or newer`]
}

/** Who has made everything already needs no rights to make it. */
function rightFindings({ engine, databases, users }: Args, login: Login, said: Map<string, string[]>): string[] {
  const rights = said.get('rights') ?? []
  const there = (key: string, wanted: string[]) => Number(said.get(key)?.[0] ?? wanted.length) >= new Set(wanted).size
  const noDatabase = !there('databases', databases)
  const noUser = engine === 'postgresql' ? !there('users', users) : noDatabase
  const may = engine === 'postgresql' ? { database: rights[0] === 't' || rights[1] === 't', user: rights[0] === 't' || rights[2] === 't' } : { database: /\bCREATE(,|$)/.test(rights[0] ?? ''), user: /CREATE USER/.test(rights[0] ?? '') }
  const lost = [...(noDatabase && !may.database ? ['databases'] : []), ...(noUser && !may.user ? ['accounts'] : [])]
  if (lost.length === 0) return []
  return [`${login.user} may not make ${lost.join(' and ')} on ${where(login)}: give it the right, name another apim.database.admin_user, or make them by hand`]
}
