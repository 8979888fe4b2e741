/** Accounts of PostgreSQL: roles that may log in. */
import { type Context, type Facts, type Plan, type Probe, Unknown } from '../../src/module/index.ts'
import { loginOf, query, resource, rows, where, type Login } from './client.ts'
import { databaseError, hindrance } from './errors.ts'
import { identifier, literal } from './sql.ts'
import { everything, grantOf, planSteps, type Account, type Answers, type Grant, type Step } from './account.ts'

const ATTRIBUTES: Record<string, string> = {
  SUPERUSER: 'rolsuper',
  CREATEDB: 'rolcreatedb',
  CREATEROLE: 'rolcreaterole',
  INHERIT: 'rolinherit',
  LOGIN: 'rolcanlogin',
  REPLICATION: 'rolreplication',
  BYPASSRLS: 'rolbypassrls',
}

/** 'CREATEDB,NOSUPERUSER' as [attribute, on]; throws with a message for what is none. */
export function roleFlags(text: string | undefined): [string, boolean][] {
  return (text ?? '')
    .split(/[\s,]+/)
    .filter((word) => word !== '')
    .map((word) => {
      const name = word.toUpperCase()
      const on = name in ATTRIBUTES
      const plain = on ? name : name.replace(/^NO/, '')
      if (!(plain in ATTRIBUTES))
        throw new Error(
          `${word} is not an attribute of a role: expected ${Object.keys(ATTRIBUTES).join(', ')}, or NO and one of them`,
        )
      return [plain, on]
    })
}

export function observePostgres(account: Account, facts: Facts): Probe[] {
  const login = loginOf('postgresql', account)
  const role = roleProbe(login, account)
  const probes: Probe[] = [role]
  if (!exists(facts, role) || account.state === 'absent') return probes
  if (account.password !== undefined && account.update_password === 'always') {
    const mine = loginProbe(login, account, account.password)
    probes.push(mine, loginProbe(login, account, wrong(account.password)))
  }
  probes.push(...account.grants.map((grant) => grantProbe(login, account, grant)))
  return probes
}

export function planPostgres(account: Account, facts: Facts, context: Context): Plan {
  const login = loginOf('postgresql', account)
  const role = roleProbe(login, account)
  const fact = facts.get(role)
  const stopped = hindrance(login, fact, context)
  if (stopped) return { changes: [], failed: stopped }
  const found = fact instanceof Unknown ? undefined : rows('postgresql', fact)[0]
  const result = { user: account.name, exists: found !== undefined }
  if (account.state === 'absent') {
    const sql = `DROP ROLE ${identifier('postgresql', account.name)}`
    const step: Step = { summary: `drop role ${account.name}`, sql, touches: everything(account) }
    return { changes: found ? planSteps(login, account, [step], [[role, '']]) : [], result }
  }
  const warnings: string[] = []
  const steps = found
    ? alterSteps(login, account, facts, found, warnings)
    : [createStep(account), ...account.grants.map((grant) => grantStep(account, grant))]
  const failed = steps.find((step): step is { failed: string } => 'failed' in step)
  if (failed) return { changes: [], failed: failed.failed }
  const answers = answersAfter(login, account, found)
  return { changes: planSteps(login, account, steps as Step[], answers), result, ...(warnings.length > 0 && { warnings }) }
}

function exists(facts: Facts, role: Probe<'command'>): boolean {
  if (!facts.has(role)) return false
  const fact = facts.get(role)
  return !(fact instanceof Unknown) && fact.rc === 0 && fact.stdout !== ''
}

function roleProbe(login: Login, account: Account): Probe<'command'> {
  const columns = [...Object.values(ATTRIBUTES), 'rolconnlimit'].join(', ')
  const sql = `select ${columns} from pg_catalog.pg_roles where rolname = ${literal('postgresql', account.name)};\n`
  return query(login, sql, { reads: [resource(login, 'role', account.name)] })
}

/** Peer authentication tells nothing about a password, so this one always goes over TCP. */
function loginProbe(login: Login, account: Account, password: string): Probe<'command'> {
  const there: Login = {
    ...login,
    host: account.check_host ?? login.host ?? '127.0.0.1',
    socket: undefined,
    user: account.name,
    password,
  }
  return query(there, 'select 1;\n', { reads: [resource(login, 'password', account.name)] })
}

/** A password that is certainly not this one: if it is accepted too, the server does not check passwords. */
function wrong(password: string): string {
  return `not ${password}`
}

function grantProbe(login: Login, account: Account, grant: Grant): Probe<'command'> {
  const [role, name] = [literal('postgresql', account.name), literal('postgresql', grant.database)]
  const held = databasePrivileges(grant).map((one) => `pg_catalog.has_database_privilege(${role}, d.oid, '${one}')`)
  const columns = ['pg_catalog.pg_get_userbyid(d.datdba)', ...held].join(', ')
  const sql = `select ${columns} from pg_catalog.pg_database d where d.datname = ${name};\n`
  const grantResource = resource(login, ...grantOf(account, grant))
  return query(login, sql, { reads: [resource(login, 'role', account.name), grantResource, resource(login, 'db', grant.database)] })
}

function databasePrivileges(grant: Grant): string[] {
  return grant.privileges.some((name) => name.startsWith('ALL')) ? ['CREATE', 'CONNECT', 'TEMPORARY'] : grant.privileges
}

function createStep(account: Account): Step {
  const flags = wantedFlags(account)
  const sql = `CREATE ROLE ${identifier('postgresql', account.name)} ${options(account, [...flags], true)}`
  return { summary: `create role ${account.name}`, sql, secret: true, touches: everything(account) }
}

const wantedFlags = (account: Account) => new Map<string, boolean>([['LOGIN', true], ...roleFlags(account.role_attr_flags)])

/** All is there, and as wanted; `found` is the row of a role that was there already. */
function answersAfter(login: Login, account: Account, found: string[] | undefined): Answers {
  const flags = found ? new Map(roleFlags(account.role_attr_flags)) : wantedFlags(account)
  const columns = Object.keys(ATTRIBUTES).map((name, index) => {
    const on = flags.get(name) ?? (found ? found[index] === 't' : name === 'INHERIT')
    return on ? 't' : 'f'
  })
  const row = `${[...columns, account.conn_limit ?? found?.at(-1) ?? -1].join('\t')}\n`
  const grants = account.grants.map((grant): Answers[number] => {
    const held = databasePrivileges(grant).map(() => 't')
    return [grantProbe(login, account, grant), `${[grant.owner ? account.name : '', ...held].join('\t')}\n`]
  })
  const password: Answers = account.password === undefined ? [] : [[loginProbe(login, account, account.password), '1\n']]
  return [[roleProbe(login, account), row], ...password, ...grants]
}

function options(account: Account, flags: [string, boolean][], password: boolean): string {
  const words = flags.map(([name, on]) => (on ? name : `NO${name}`))
  if (account.conn_limit !== undefined) words.push(`CONNECTION LIMIT ${account.conn_limit}`)
  if (password && account.password !== undefined) words.push(`PASSWORD ${literal('postgresql', account.password)}`)
  return words.join(' ')
}

function alterSteps(
  login: Login,
  account: Account,
  facts: Facts,
  found: string[],
  warnings: string[],
): (Step | { failed: string })[] {
  const names = Object.keys(ATTRIBUTES)
  const flags = roleFlags(account.role_attr_flags).filter(([name, on]) => (found[names.indexOf(name)] === 't') !== on)
  const limit = account.conn_limit !== undefined && Number(found[names.length]) !== account.conn_limit
  const steps: (Step | { failed: string })[] = []
  const name = identifier('postgresql', account.name)
  if (flags.length > 0 || limit) {
    const sql = `ALTER ROLE ${name} ${options(account, flags, false)}`
    steps.push({ summary: `alter role ${account.name}`, sql, touches: [] })
  }
  const password = checkPassword(login, account, facts)
  if (password.set) {
    const sql = `ALTER ROLE ${name} PASSWORD ${literal('postgresql', account.password!)}`
    steps.push({
      summary: `set the password of role ${account.name}`,
      sql,
      secret: true,
      touches: [['password', account.name]],
    })
  }
  if (password.warning) warnings.push(password.warning)
  for (const grant of account.grants) steps.push(...missingGrant(login, account, grant, facts))
  return steps
}

/** Is the password accepted? Other troubles come after it was checked, or say nothing about it. */
function checkPassword(login: Login, account: Account, facts: Facts): { set: boolean; warning?: string } {
  if (account.password === undefined || account.update_password === 'on_create') return { set: false }
  const mine = facts.get(loginProbe(login, account, account.password))
  if (mine instanceof Unknown) return { set: true }
  if (mine.rc !== 0) {
    if (/password authentication failed/.test(mine.stderr)) return { set: true }
    if (/permission denied for database|database ".*" does not exist|too many connections/.test(mine.stderr))
      return { set: false }
    return {
      set: false,
      warning: `the password of ${account.name} could not be compared: ${databaseError(login, mine) ?? 'unknown'}`,
    }
  }
  const other = facts.get(loginProbe(login, account, wrong(account.password)))
  if (!(other instanceof Unknown) && other.rc === 0) {
    return {
      set: false,
      warning: `${where(login)} lets ${account.name} in with any password (trust): it could not be compared`,
    }
  }
  return { set: false }
}

function missingGrant(login: Login, account: Account, grant: Grant, facts: Facts): (Step | { failed: string })[] {
  const fact = facts.get(grantProbe(login, account, grant))
  if (fact instanceof Unknown) return [grantStep(account, grant)]
  const error = databaseError(login, fact)
  if (error) return [{ failed: error }]
  const [row] = rows('postgresql', fact)
  if (!row)
    return [{ failed: `there is no database ${grant.database} at ${where(login)}: create it with the module database first` }]
  const isOwner = row[0] === account.name
  const holds = row.slice(1).every((value) => value === 't')
  return (grant.owner ? isOwner : holds) ? [] : [grantStep(account, grant)]
}

function grantStep(account: Account, grant: Grant): Step {
  const [role, name] = [identifier('postgresql', account.name), identifier('postgresql', grant.database)]
  const touches = [grantOf(account, grant)]
  if (grant.owner) {
    const summary = `make ${account.name} the owner of database ${grant.database}`
    return { summary, sql: `ALTER DATABASE ${name} OWNER TO ${role}`, touches }
  }
  const sql = `GRANT ${databasePrivileges(grant).join(', ')} ON DATABASE ${name} TO ${role}`
  return { summary: `grant ${grant.privileges.join(', ')} on database ${grant.database} to ${account.name}`, sql, touches }
}
