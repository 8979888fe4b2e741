/** How psql, mysql and the JDBC client are called: SQL on stdin, nothing secret in argv. */
import { arg, probe, type Probe, type RunAction } from '../../src/module/index.ts'
import { DIALECTS } from './dialects.ts'
import { type Fields, type Jdbc, jdbcArgv, jdbcRequest } from './jdbc/client.ts'
import { readScript } from './script.ts'
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
  /** A JDBC driver and Java to use instead of them. */
  jdbc?: Jdbc
}

/** The login arguments that all database modules share, with Ansible's names. */
export const loginArgs = {
  login_host: arg.text.optional().describe('Where the server listens, seen from the host. Default: the local socket.'),
  login_port: arg.integer
    .optional()
    .meta({ description: 'Port of the server. Default: PostgreSQL 5432, MySQL 3306, SQL Server 1433, Oracle 1521, DB2 50000.', aliases: ['port'] }),
  login_user: arg.text
    .optional()
    .meta({ description: 'Who logs in to make the change. Default: `postgres` or `root`.', aliases: ['login'] }),
  login_password: arg.text
    .optional()
    .meta({ description: 'Password of `login_user`. Never on a command line: it is passed in the environment, or on standard input.', secret: true }),
  login_unix_socket: arg.path
    .optional()
    .meta({ description: 'The socket: of PostgreSQL its directory, of MySQL the file.', aliases: ['unix_socket'] }),
  client: arg.path.optional().describe('The client program, when it is not `psql` or `mysql` in PATH.'),
  jdbc_driver: arg.path
    .optional()
    .describe("Jar of a JDBC driver on the host: with it and Java the server is asked, and `psql` or `mysql` are not needed. SQL Server, Oracle and DB2 are reached in no other way."),
  jdbc_driver_class: arg.text.optional().describe("Class of the driver, when it is not the vendor's own."),
  jdbc_url: arg.text.optional().describe('Where the driver finds the database. Default: what `login_host`, `login_port` and the database make; then without `jdbc_options`.'),
  jdbc_options: arg.list.default([]).describe('Options of the driver for that URL, such as those for TLS: `[sslmode=verify-full]`.'),
  java_home: arg.path.optional().describe('Java (a JRE is enough, 8 or newer) for the driver. Default: `java` in PATH.'),
  truststore: arg.path.optional().describe("Keystore on the host with the certificates that the driver trusts. Default: Java's own."),
  truststore_password: arg.text.optional().meta({ description: 'Its password.', secret: true }),
}

export interface LoginArgs {
  login_host?: string
  login_port?: number
  login_user?: string
  login_password?: string
  login_unix_socket?: string
  client?: string
  jdbc_driver?: string
  jdbc_driver_class?: string
  jdbc_url?: string
  jdbc_options?: string[]
  java_home?: string
  truststore?: string
  truststore_password?: string
}

const USERS: Partial<Record<Engine, string>> = { postgresql: 'postgres', mysql: 'root' }

export function loginOf(engine: Engine, args: LoginArgs): Login {
  return {
    engine,
    host: args.login_host === '' ? undefined : args.login_host,
    port: args.login_port,
    socket: args.login_unix_socket,
    user: args.login_user ?? USERS[engine],
    password: args.login_password,
    client: args.client,
    ...(args.jdbc_driver && { jdbc: jdbcOf(engine, args, args.jdbc_driver) }),
  }
}

function jdbcOf(engine: Engine, args: LoginArgs, driver: string): Jdbc {
  return {
    driver,
    driverClass: args.jdbc_driver_class ?? DIALECTS[engine].driver,
    options: args.jdbc_options ?? [],
    java: args.java_home ? `${args.java_home.replace(/\/+$/, '')}/bin/java` : 'java',
    ...(args.jdbc_url && { url: args.jdbc_url }),
    ...(args.truststore && { truststore: { path: args.truststore, password: args.truststore_password ?? '' } }),
  }
}

/** 'db1:5432', or the socket: for messages and as the name of what a query depends on. */
export function where(login: Login): string {
  if (login.jdbc) return login.host === undefined && login.jdbc.url ? withoutOptions(login.jdbc.url) : place(login)
  if (login.socket) return `${login.socket}${login.engine === 'postgresql' ? ` (port ${portOf(login)})` : ''}`
  if (login.host === undefined && login.engine === 'mysql' && login.port === undefined) return 'the local socket'
  if (login.host === undefined && login.engine === 'postgresql') return `the local socket of port ${portOf(login)}`
  return place(login)
}

/** JDBC knows no sockets. */
const place = (login: Login) => `${login.host ?? '127.0.0.1'}:${portOf(login)}`

/** Options may hold a password. */
const withoutOptions = (url: string) => url.replace(/[?;].*$/s, '')

export function portOf(login: Login): number {
  return login.port ?? DIALECTS[login.engine].port
}

/**
 * What answers depend on inside the server. They are kept apart, so that check mode does not take more for unknown than is:
 * a new password says nothing about whether the account is there, tables nothing about whether the database is.
 */
export type Thing = 'db' | 'tables' | 'role' | 'password' | 'grant'

export function resource(login: Login, kind: Thing, name: string): string {
  const there = login.socket ?? login.host ?? (login.jdbc?.url ? withoutOptions(login.jdbc.url) : 'local')
  return `${login.engine}:${there}:${portOf(login)}/${kind}:${name}`
}

interface Call {
  argv: string[]
  env?: Record<string, string>
  stdin: string | Uint8Array
}

/** `database` undefined: the maintenance database (PostgreSQL), or none (MySQL). */
function call(login: Login, database: string | undefined, sql: string, kind: 'query' | 'run'): Call {
  if (login.jdbc) {
    const prologue: Fields = login.engine === 'mysql' ? [['run', MYSQL_PROLOGUE.trim().replace(/;$/, '')]] : []
    const statements = readScript(Buffer.from(sql), login.engine).statements
    return jdbc(login, login.jdbc, database, [...prologue, ...statements.map((one): Fields[number] => [kind, one.sql])])
  }
  const stdin = login.engine === 'mysql' ? MYSQL_PROLOGUE + sql : sql
  return { ...(login.engine === 'postgresql' ? psql(login, database ?? 'postgres') : mysql(login, database)), stdin }
}

function jdbc(login: Login, driver: Jdbc, database: string | undefined, actions: Fields): Call {
  const { engine, user, password } = login
  const request = jdbcRequest({ engine, jdbc: driver, place: place(login), database: database ?? '', user, password }, actions)
  return { argv: jdbcArgv(driver), stdin: request }
}

/** All of it in the environment: psql would read a database name with '=' in argv as a connection string. */
function psql(login: Login, database: string): Omit<Call, 'stdin'> {
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
function mysql(login: Login, database: string | undefined): Omit<Call, 'stdin'> {
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
  return ask(login, call(login, options.database, sql, 'query'), options.reads)
}

/** Names of all tables, by the metadata of the driver: the same question for all kinds of servers. '': the account's schema. */
export function askTables(login: Login, driver: Jdbc, schema: string, options: { database: string; reads?: string[] }): Probe<'command'> {
  return ask(login, jdbc(login, driver, options.database, [['tables', schema]]), options.reads)
}

function ask(login: Login, called: Call, reads: string[] = []): Probe<'command'> {
  const server = login.host || login.port ? [`tcp:${login.host ?? '127.0.0.1'}:${portOf(login)}`] : []
  return probe.command({ ...called, timeout: 60, secret: true, reads: [...reads, ...server, ...(login.jdbc ? [login.jdbc.driver] : [])] })
}

type Made = Pick<RunAction, 'makes'>

/**
 * SQL that changes something. What the server says is masked like the SQL, so a refusal is not left to the engine:
 * the plan that verifies turns it into a message (see `hindrance`).
 */
export function execute(login: Login, sql: string, options: Made & { database?: string } = {}): RunAction {
  return change(call(login, options.database, sql, 'run'), options)
}

/** A script with what is around it, through psql or mysql. */
export function executeScript(login: Login, sql: Uint8Array, options: Made & { database: string }): RunAction {
  const { argv, env } = call(login, options.database, '', 'run')
  const whole = login.engine === 'postgresql' ? ['-1', '-f', '-'] : []
  return change({ argv: [...argv, ...whole], env, stdin: sql }, options)
}

/** The same through JDBC; how far it is shows under the task. */
export function executeSteps(login: Login, driver: Jdbc, actions: Fields, options: Made & { database: string }): RunAction {
  return { ...change(jdbc(login, driver, options.database, actions), options), stream: true }
}

function change(called: Call, { makes }: Made): RunAction {
  return { kind: 'run', ...called, secret: true, complete: true, success: 'any', ...(makes && { makes }) }
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
