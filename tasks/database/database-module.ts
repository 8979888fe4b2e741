/** `database` and its names for one engine: is the database there, as wanted, and the SQL that makes it so. */
import {
  arg,
  defineModule,
  z,
  type Change,
  type Context,
  type Effect,
  type Facts,
  type Plan,
  type Probe,
  Unknown,
} from '../../src/module/index.ts'
import { execute, loginArgs, loginOf, query, resource, rows, where, type Login, type LoginArgs } from './client.ts'
import { hindrance } from './errors.ts'
import { identifier, literal, type Engine } from './sql.ts'

const shape = {
  name: arg.text
    .refine((name) => name !== '', 'expected the name of a database')
    .meta({ description: 'Name of the database.', aliases: ['db'] }),
  state: z
    .enum(['present', 'absent'])
    .default('present')
    .describe('Whether it is there. `absent` drops it with all data and demands `force: true`.'),
  force: arg.boolean.default(false).describe('Really drop the database.'),
  owner: arg.text
    .optional()
    .describe('PostgreSQL: the role that owns it (it may make tables in it). MySQL has no owners: use database_user.'),
  encoding: arg.text
    .optional()
    .meta({ description: 'Character set: PostgreSQL `UTF8`, MySQL `latin1` …', aliases: ['character_set'] }),
  collation: arg.text.optional().meta({ description: 'Collation (PostgreSQL: LC_COLLATE).', aliases: ['lc_collate'] }),
  lc_ctype: arg.text.optional().describe('PostgreSQL: LC_CTYPE.'),
  template: arg.text
    .optional()
    .describe('PostgreSQL: the template database. Default: template0 when an encoding or collation is given.'),
  conn_limit: arg.integer.optional().describe('PostgreSQL: how many connections it takes at once; -1: no limit.'),
  maintenance_db: arg.text
    .optional()
    .meta({ description: 'PostgreSQL: the database to connect to meanwhile (default `postgres`).', aliases: ['login_db'] }),
  ...loginArgs,
  login_host: loginArgs.login_host.meta({ description: loginArgs.login_host.description, aliases: ['host'] }),
}

interface Wanted extends LoginArgs {
  name: string
  state: 'present' | 'absent'
  force: boolean
  owner?: string
  encoding?: string
  collation?: string
  lc_ctype?: string
  template?: string
  conn_limit?: number
  maintenance_db?: string
}

/** What the catalogue says. */
interface Found {
  owner?: string
  encoding: string
  collation: string
  ctype?: string
  connLimit?: number
}

const ONLY_POSTGRESQL = ['owner', 'lc_ctype', 'template', 'conn_limit', 'maintenance_db'] as const

function checkArgs(engine: Engine, args: Wanted, issue: (path: string, message: string) => void): void {
  if (args.state === 'absent' && !args.force) {
    issue('force', `state: absent drops database ${args.name} with all its data: confirm with force: true`)
  }
  if (engine === 'mysql') {
    for (const name of ONLY_POSTGRESQL) {
      if (args[name] !== undefined)
        issue(name, `${name} is for PostgreSQL only${name === 'owner' ? ': on MySQL give rights with database_user' : ''}`)
    }
  }
}

/** `fixed`: the engine that the module's name implies; undefined: the argument `engine` says it. */
export function databaseModule(
  name: string,
  fixed: Engine | undefined,
  texts: { aliases?: string[]; collection: string; summary: string; description?: string; examples: string },
) {
  const engineArg = fixed
    ? z.literal(fixed).default(fixed).describe('Implied by the name of this module.')
    : z.enum(['postgresql', 'mysql']).describe('Kind of server; MariaDB counts as mysql.')
  const args = z
    .strictObject({ engine: engineArg, ...shape })
    .superRefine((value, context) =>
      checkArgs(value.engine, value, (path, message) => context.addIssue({ code: 'custom', path: [path], message })),
    )
  return defineModule({
    name,
    ...texts,
    args,
    returns: {
      db: 'Name of the database.',
      exists: 'Whether it is there.',
      owner: 'PostgreSQL: who owns it.',
      encoding: 'Its character set.',
      collation: 'Its collation.',
      executed_commands: 'The SQL that was run or would be run.',
    },
    observe: (wanted) => [catalogue(wanted.engine, wanted)],
    plan: (wanted, facts, context) => planDatabase(wanted.engine, wanted, facts, context),
  })
}

function catalogue(engine: Engine, wanted: Wanted): Probe<'command'> {
  const login = loginOf(engine, wanted)
  const name = literal(engine, wanted.name)
  const sql =
    engine === 'postgresql'
      ? 'select pg_catalog.pg_get_userbyid(datdba), pg_catalog.pg_encoding_to_char(encoding), datcollate, datctype, datconnlimit ' +
        `from pg_catalog.pg_database where datname = ${name};\n`
      : 'select default_character_set_name, default_collation_name ' +
        `from information_schema.schemata where schema_name = ${name};\n`
  return query(login, sql, { database: wanted.maintenance_db, reads: [resource(login, 'db', wanted.name)] })
}

function parse(engine: Engine, stdout: string): Found | undefined {
  const [row] = rows(engine, { stdout })
  if (!row) return undefined
  if (engine === 'mysql') return { encoding: row[0]!, collation: row[1]! }
  return { owner: row[0], encoding: row[1]!, collation: row[2]!, ctype: row[3], connLimit: Number(row[4]) }
}

function planDatabase(engine: Engine, wanted: Wanted, facts: Facts, context: Context): Plan {
  const login = loginOf(engine, wanted)
  const fact = facts.get(catalogue(engine, wanted))
  const failed = hindrance(login, fact, context)
  if (failed) return { changes: [], failed }
  // Only planned so far is the server, or this very database: then it will be made as it is described here.
  const found = fact instanceof Unknown ? undefined : parse(engine, fact.stdout)
  if (wanted.state === 'absent') return absent(login, wanted, found)
  const wrong = found && mismatch(engine, wanted, found, login)
  if (wrong) return { changes: [], failed: wrong }
  const statements = found ? alterations(wanted, found) : [creation(engine, wanted)]
  return {
    changes: statements.map((sql) => change(login, wanted, sql, answerAfter(engine, wanted, found), found !== undefined)),
    result: { ...result(wanted, found), executed_commands: statements },
  }
}

function absent(login: Login, wanted: Wanted, found: Found | undefined): Plan {
  const sql = `DROP DATABASE ${identifier(login.engine, wanted.name)}`
  return {
    changes: found ? [change(login, wanted, sql, '', true)] : [],
    result: { ...result(wanted, found), executed_commands: found ? [sql] : [] },
  }
}

function creation(engine: Engine, wanted: Wanted): string {
  const name = identifier(engine, wanted.name)
  const text = (value: string) => literal(engine, value)
  if (engine === 'mysql') {
    return [
      `CREATE DATABASE ${name}`,
      ...(wanted.encoding ? [`CHARACTER SET ${text(wanted.encoding)}`] : []),
      ...(wanted.collation ? [`COLLATE ${text(wanted.collation)}`] : []),
    ].join(' ')
  }
  const own = wanted.encoding ?? wanted.collation ?? wanted.lc_ctype
  const template = wanted.template ?? (own ? 'template0' : undefined)
  return [
    `CREATE DATABASE ${name}`,
    ...(wanted.owner ? [`OWNER ${identifier(engine, wanted.owner)}`] : []),
    ...(template ? [`TEMPLATE ${identifier(engine, template)}`] : []),
    ...(wanted.encoding ? [`ENCODING ${text(wanted.encoding)}`] : []),
    ...(wanted.collation ? [`LC_COLLATE ${text(wanted.collation)}`] : []),
    ...(wanted.lc_ctype ? [`LC_CTYPE ${text(wanted.lc_ctype)}`] : []),
    ...(wanted.conn_limit === undefined ? [] : [`CONNECTION LIMIT ${wanted.conn_limit}`]),
  ].join(' ')
}

/** What an existing database can still be given. */
function alterations(wanted: Wanted, found: Found): string[] {
  const name = identifier('postgresql', wanted.name)
  const sql: string[] = []
  if (wanted.owner !== undefined && wanted.owner !== found.owner)
    sql.push(`ALTER DATABASE ${name} OWNER TO ${identifier('postgresql', wanted.owner)}`)
  if (wanted.conn_limit !== undefined && wanted.conn_limit !== found.connLimit)
    sql.push(`ALTER DATABASE ${name} CONNECTION LIMIT ${wanted.conn_limit}`)
  return sql
}

/** Character set and collation are for ever: tables were made with them. */
function mismatch(engine: Engine, wanted: Wanted, found: Found, login: Login): string | undefined {
  const recover =
    'tables are already made for it. Copy its data elsewhere, drop it (state: absent, force: true) and create it anew, ' +
    'or correct the task'
  const differ = (what: string, is: string | undefined, should: string) =>
    `database ${wanted.name} at ${where(login)} has the ${what} ${is}, not ${should}; ${recover}`
  if (wanted.encoding !== undefined && charset(engine, wanted.encoding) !== charset(engine, found.encoding)) {
    return differ('character set', found.encoding, wanted.encoding)
  }
  if (wanted.collation !== undefined && fold(wanted.collation) !== fold(found.collation))
    return differ('collation', found.collation, wanted.collation)
  if (wanted.lc_ctype !== undefined && fold(wanted.lc_ctype) !== fold(found.ctype ?? ''))
    return differ('LC_CTYPE', found.ctype, wanted.lc_ctype)
  return undefined
}

/** 'utf-8' and 'UTF8' are one; MySQL's utf8 is utf8mb3. */
function charset(engine: Engine, name: string): string {
  const plain = fold(name)
  return engine === 'mysql' && plain === 'utf8' ? 'utf8mb3' : plain === 'unicode' ? 'utf8' : plain
}

function fold(name: string): string {
  return name.toLowerCase().replaceAll(/[-_]/g, '')
}

/** The catalogue's answer when the change is made; what the server will choose by itself is empty. */
function answerAfter(engine: Engine, wanted: Wanted, found: Found | undefined): string {
  const encoding = wanted.encoding ?? found?.encoding
  const collation = wanted.collation ?? found?.collation
  if (engine === 'mysql') return `${encoding ?? ''}\t${collation ?? ''}\n`
  const owner = wanted.owner ?? found?.owner ?? wanted.login_user ?? 'postgres'
  const columns = [owner, encoding, collation, wanted.lc_ctype ?? found?.ctype, wanted.conn_limit ?? found?.connLimit ?? -1]
  return `${columns.map((column) => column ?? '').join('\t')}\n`
}

function change(login: Login, wanted: Wanted, sql: string, stdout: string, existed: boolean): Change {
  const gone = wanted.state === 'absent'
  const makes: Effect[] = [
    { kind: 'touched', resource: resource(login, 'db', wanted.name), reason: `database ${wanted.name} will be changed` },
    { kind: 'probe', probe: catalogue(login.engine, wanted), fact: { found: true, rc: 0, stdout, stderr: '' } },
  ]
  const verb = gone ? 'drop' : existed ? 'alter' : 'create'
  return {
    summary: `${verb} database ${wanted.name}`,
    ...(existed && { before: { label: wanted.name, text: gone ? 'the database and all its data\n' : '' } }),
    after: { label: wanted.name, text: gone ? '' : `${sql}\n` },
    actions: [execute(login, `${sql};\n`, { makes, ...(wanted.maintenance_db && { database: wanted.maintenance_db }) })],
  }
}

function result(wanted: Wanted, found: Found | undefined): Record<string, unknown> {
  return {
    db: wanted.name,
    exists: found !== undefined,
    ...(found && { ...found, connLimit: undefined, conn_limit: found.connLimit }),
  }
}
