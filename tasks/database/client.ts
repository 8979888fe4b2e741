/** How psql and mysql are called: SQL on stdin, password in the environment, nothing secret in argv. */
import { arg, probe, type Probe, type RunAction } from '../../src/module/index.ts'
import { MYSQL_PROLOGUE, type Engine } from './sql.ts'

/** Where the server is and who logs in. */
export interface Login {
  engine: Engine
  host?: string
  port?: number
  socket?: string
  user?: string
  password?: string
  /** Program to use instead of psql or mysql. */
  client?: string
}

/** The login arguments that all database modules share, with Ansible's names. */
export const loginArgs = {
  login_host: arg.text.optional().describe('Where the server listens, seen from the host. Default: the local socket.'),
  login_port: arg.integer
    .optional()
    .meta({ description: 'Port of the server. Default: PostgreSQL 5432, MySQL 3306.', aliases: ['port'] }),
  login_user: arg.text
    .optional()
    .meta({ description: 'Who logs in to make the change. Default: `postgres` or `root`.', aliases: ['login'] }),
  login_password: arg.text
    .optional()
    .meta({ description: 'Password of `login_user`. Never on a command line: it is passed in the environment.', secret: true }),
  login_unix_socket: arg.path
    .optional()
    .meta({ description: 'The socket: of PostgreSQL its directory, of MySQL the file.', aliases: ['unix_socket'] }),
  client: arg.path.optional().describe('The client program, when it is not `psql` or `mysql` in PATH.'),
}

export interface LoginArgs {
  login_host?: string
  login_port?: number
  login_user?: string
  login_password?: string
  login_unix_socket?: string
  client?: string
}

export function loginOf(engine: Engine, args: LoginArgs): Login {
  return {
    engine,
    host: args.login_host === '' ? undefined : args.login_host,
    port: args.login_port,
    socket: args.login_unix_socket,
    user: args.login_user ?? (engine === 'postgresql' ? 'postgres' : 'root'),
    password: args.login_password,
    client: args.client,
  }
}

/** 'db1:5432', or the socket: for messages and as the name of what a query depends on. */
export function where(login: Login): string {
  if (login.socket) return `${login.socket}${login.engine === 'postgresql' ? ` (port ${portOf(login)})` : ''}`
  if (login.host === undefined && login.engine === 'mysql' && login.port === undefined) return 'the local socket'
  if (login.host === undefined && login.engine === 'postgresql') return `the local socket of port ${portOf(login)}`
  return `${login.host ?? '127.0.0.1'}:${portOf(login)}`
}

export function portOf(login: Login): number {
  return login.port ?? (login.engine === 'postgresql' ? 5432 : 3306)
}

/**
 * What answers depend on inside the server. They are kept apart, so that check mode does not take more for unknown than is:
 * a new password says nothing about whether the account is there, tables nothing about whether the database is.
 */
export type Thing = 'db' | 'tables' | 'role' | 'password' | 'grant'

export function resource(login: Login, kind: Thing, name: string): string {
  return `${login.engine}:${login.socket ?? login.host ?? 'local'}:${portOf(login)}/${kind}:${name}`
}

interface Call {
  argv: string[]
  env: Record<string, string>
}

/** argv and environment of the client. `database` undefined: the maintenance database (PostgreSQL), or none (MySQL). */
function call(login: Login, database: string | undefined): Call {
  return login.engine === 'postgresql' ? psql(login, database ?? 'postgres') : mysql(login, database)
}

/** All of it in the environment: psql would read a database name with '=' in argv as a connection string. */
function psql(login: Login, database: string): Call {
  return {
    argv: [login.client ?? 'psql', '-X', '-w', '-q', '-A', '-t', '-F', '\t', '-v', 'ON_ERROR_STOP=1'],
    env: {
      PGDATABASE: database,
      PGPORT: String(portOf(login)),
      ...((login.socket ?? login.host) && { PGHOST: login.socket ?? login.host }),
      ...(login.user && { PGUSER: login.user }),
      PGPASSWORD: login.password ?? '',
      PGCLIENTENCODING: 'UTF8',
      PGCONNECT_TIMEOUT: '10',
      PGAPPNAME: 'aarun',
      LC_ALL: 'C',
    },
  }
}

/** No option files: what another user wrote into ~/.my.cnf must not decide who logs in where. */
function mysql(login: Login, database: string | undefined): Call {
  return {
    argv: [
      login.client ?? 'mysql',
      '--no-defaults',
      '--batch',
      '--skip-column-names',
      '--default-character-set=utf8mb4',
      '--connect-timeout=10',
      ...(login.user ? [`--user=${login.user}`] : []),
      ...connection(login),
      ...(database === undefined ? [] : [`--database=${database}`]),
    ],
    env: { MYSQL_PWD: login.password ?? '', LC_ALL: 'C' },
  }
}

function connection(login: Login): string[] {
  if (login.socket) return ['--protocol=SOCKET', `--socket=${login.socket}`]
  if (login.host === undefined && login.port === undefined) return []
  return ['--protocol=TCP', `--host=${login.host ?? '127.0.0.1'}`, `--port=${portOf(login)}`]
}

/** A read-only question in SQL. `reads`: the resources on which its answer depends. */
export function query(login: Login, sql: string, options: { database?: string; reads?: string[] } = {}): Probe<'command'> {
  const { argv, env } = call(login, options.database)
  return probe.command({
    argv,
    env,
    stdin: script(login, sql),
    timeout: 60,
    secret: true,
    reads: [
      ...(options.reads ?? []),
      ...(login.host || login.port ? [`tcp:${login.host ?? '127.0.0.1'}:${portOf(login)}`] : []),
    ],
  })
}

/**
 * SQL that changes something. What the server says is masked like the SQL, so a refusal is not left to the engine:
 * the plan that verifies turns it into a message (see `hindrance`).
 */
export function execute(
  login: Login,
  sql: string | Uint8Array,
  options: Pick<RunAction, 'makes'> & { database?: string; oneTransaction?: boolean } = {},
): RunAction {
  const { argv, env } = call(login, options.database)
  return {
    kind: 'run',
    argv: options.oneTransaction ? [...argv, '-1', '-f', '-'] : argv,
    env,
    stdin: typeof sql === 'string' ? script(login, sql) : sql,
    secret: true,
    complete: true,
    success: 'any',
    ...(options.makes && { makes: options.makes }),
  }
}

function script(login: Login, sql: string): string {
  return login.engine === 'mysql' ? MYSQL_PROLOGUE + sql : sql
}

/** Rows of columns; undefined while the question was not asked. */
export function rows(engine: Engine, fact: { stdout: string }): string[][] {
  const lines = fact.stdout.split('\n').filter((line) => line !== '')
  return lines.map((line) => line.split('\t').map((field) => (engine === 'mysql' ? withoutEscapes(field) : field)))
}

/** mysql --batch writes tabs and line ends of values as escapes. */
function withoutEscapes(field: string): string {
  return field.replace(/\\(.)/g, (_all, char: string) => ({ n: '\n', t: '\t', '0': '\0' })[char] ?? char)
}
