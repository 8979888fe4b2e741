/** What psql, mysql and JDBC drivers complain about, as one line that names the server, the user and the next step. */
import { type CommandFact, type Context, Unknown } from '../../src/module/index.ts'
import { where, type Login } from './client.ts'

interface Pattern {
  match: RegExp
  say: (login: Login, found: RegExpExecArray) => string
}

const REFUSED: Pattern['say'] = (login) =>
  `no database server answers at ${where(login)}: start it, or correct login_host, login_port or login_unix_socket`

/** The codes of PostgreSQL and MySQL stand in the patterns that their clients need; those here are of all five. */
const PATTERNS: Pattern[] = [
  {
    match: /ERROR driver: it has no class (\S+)/,
    say: (login, found) => `${login.jdbc?.driver} is not there, or no driver for ${login.engine}: it has no class ${found[1]}`,
  },
  {
    match: /ERROR driver: .*UnsupportedClassVersionError/,
    say: (login) => `${login.jdbc?.driver} is for a newer Java than ${login.jdbc?.java}: take a build of the driver for that one, such as jre8 or ojdbc8`,
  },
  {
    match: /PKIX path|unable to find valid certification path|SSLHandshakeException.*certificate/i,
    say: (login) => `the certificate of ${where(login)} is signed by nobody whom ${trusted(login)} trusts: put the certificate of its authority there`,
  },
  {
    match: /CAUSE java\.net\.UnknownHostException: (\S+?)(?::|$)|Unknown host specified|ERROR -4222 .*unknown host/m,
    say: (login, found) => `the name ${found[1] ?? login.host} does not resolve on the host: correct login_host or /etc/hosts`,
  },
  {
    // SQL Server's 4060, Oracle's ORA-12514 (service) and ORA-12505 (SID), DB2's 08004
    match: /ERROR 4060 |ORA-12514|ORA-12505|ERROR -4499 \(08004\)|ERROR -30061 |SQLERRMC=.*RDBNAME/,
    say: (login) => `${where(login)} has no such database, or does not let ${who(login)} into it: an administrator has to create it`,
  },
  {
    // 28000 and 28P01 are the SQL standard's and PostgreSQL's, 18456 SQL Server's, -4214 DB2's
    match: /ERROR -?\d+ \(28(000|P01)\)(?!.*pg_hba)|ERROR 18456 |ORA-01017|ERROR -4214 /,
    say: (login) => `${where(login)} does not accept the password of ${who(login)}: correct login_user and login_password`,
  },
  {
    match: /ORA-28000|ORA-28001/,
    say: (login, found) => `${where(login)} has ${found[0] === 'ORA-28000' ? 'locked the account' : 'let the password expire'} of ${who(login)}: an administrator has to mend that`,
  },
  {
    match:
      /Connection refused|could not connect|Can't connect|ERROR 200[23]|timeout expired|Operation timed out|connect timed out|ERROR -4210 |ERROR -?\d+ \(08001\): (?!the driver)|No route to host|ERROR timeout: [^\n]*\nDOING connecting/i,
    say: REFUSED,
  },
  {
    match: /could not translate host name "(.*?)"|Unknown (?:MySQL )?server host '(.*?)'/,
    say: (_login, found) => `the name ${found[1] ?? found[2]} does not resolve on the host: correct login_host or /etc/hosts`,
  },
  { match: /connection to server .* failed: No such file or directory/, say: REFUSED },
  {
    match: /the database system is starting up/,
    say: (login) => `the server at ${where(login)} is still starting: try again in a moment`,
  },
  {
    match: /Peer authentication failed|Ident authentication failed/,
    say: (login) =>
      `${where(login)} lets ${who(login)} in only as the system user of that name: use become_user, or login_host and a password`,
  },
  {
    match: /no password supplied/,
    say: (login) => `${where(login)} asks ${who(login)} for a password: give login_password`,
  },
  {
    match: /password authentication failed|ERROR 1045|ERROR 1698|FATAL: +role ".*" does not exist/,
    say: (login) => `${where(login)} does not accept the password of ${who(login)}: correct login_user and login_password`,
  },
  {
    match: /no pg_hba.conf entry for .*/,
    say: (login, found) => `${where(login)} has ${found[0].trim()}: add a line to pg_hba.conf and reload`,
  },
  {
    match: /database "(.*)" does not exist|Unknown database '(.*)'/,
    say: (login, found) =>
      `there is no database ${found[1] ?? found[2]} at ${where(login)}: create it with the module database first`,
  },
]

/** Why the call failed; undefined when it did not. */
export function databaseError(login: Login, fact: CommandFact): string | undefined {
  if (!fact.found) return missingClient(login)
  if (fact.rc === 0) return undefined
  for (const { match, say } of PATTERNS) {
    const found = match.exec(fact.stderr)
    if (found) return say(login, found)
  }
  return `${where(login)} answered: ${serverMessage(fact.stderr) || `return code ${fact.rc}`}`
}

/** Why nothing can be planned: a statement was refused, or the server did not answer the question. */
export function hindrance(login: Login, fact: CommandFact | Unknown, context: Context): string | undefined {
  return refusal(login, context) ?? (fact instanceof Unknown ? undefined : databaseError(login, fact))
}

/** While verifying: why one of the statements was refused; undefined when none was. */
function refusal(login: Login, context: Context): string | undefined {
  const bad = context.outcomes?.find((outcome) => outcome.rc !== undefined && outcome.rc !== 0)
  return (
    bad && databaseError(login, { found: bad.found ?? true, rc: bad.rc!, stdout: bad.stdout ?? '', stderr: bad.stderr ?? '' })
  )
}

/**
 * The server's own words, on one line, without the prefix of the client. Only these lines: the clients also repeat the
 * statement, which may hold a password.
 */
export function serverMessage(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.trim())
  const told = lines.filter((line) => /^ERROR (-?\d+|timeout)|\b(ERROR|FATAL|DETAIL|HINT): /.test(line))
  const plain =
    told.length > 0
      ? told
      : lines.filter((line) => line !== '' && !line.includes('---') && !/^LINE \d|NOTICE|WARNING/.test(line)).slice(0, 1)
  return plain.map((line) => line.replace(/^psql:(?:<stdin>:)?|^ERROR 0 \(\w+\): (?=ERROR|FATAL)/, '')).join(' ')
}

function trusted(login: Login): string {
  return login.jdbc?.truststore?.path ?? `the keystore of ${login.jdbc?.java ?? 'the client'}`
}

function missingClient(login: Login): string {
  if (login.jdbc) return `there is no program ${login.jdbc.java} on the host: install Java (a JRE is enough), or give java_home`
  const program = login.client ?? (login.engine === 'postgresql' ? 'psql' : 'mysql')
  const packages =
    login.engine === 'postgresql'
      ? 'postgresql-client (Debian) or postgresql (Fedora)'
      : 'default-mysql-client (Debian) or mysql (Fedora)'
  return `there is no program ${program} on the host: install the package ${packages}, or name it with client`
}

function who(login: Login): string {
  return login.user ?? 'the user'
}
