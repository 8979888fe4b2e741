/** Accounts of MySQL and MariaDB: a user at a host. */
import { type Context, type Facts, type Plan, type Probe, Unknown } from '../../src/module/index.ts'
import { loginOf, query, resource, rows, type Login } from './client.ts'
import { databaseError, hindrance } from './errors.ts'
import { account as quoteAccount, identifier, literal } from './sql.ts'
import { everything, grantOf, planSteps, type Account, type Answers, type Grant, type Step } from './account.ts'

export function observeMysql(account: Account, facts: Facts): Probe[] {
  const login = loginOf('mysql', account)
  const user = userProbe(login, account)
  const probes: Probe[] = [user]
  if (account.state === 'absent' || !facts.has(user)) return probes
  const fact = facts.get(user)
  if (fact instanceof Unknown || fact.rc !== 0 || fact.stdout === '') return probes
  if (comparable(account)) probes.push(loginProbe(login, account))
  if (account.grants.length > 0) probes.push(grantsProbe(login, account))
  return probes
}

export function planMysql(account: Account, facts: Facts, context: Context): Plan {
  const login = loginOf('mysql', account)
  const user = userProbe(login, account)
  const fact = facts.get(user)
  const failed = hindrance(login, fact, context)
  if (failed) return { changes: [], failed }
  const found = !(fact instanceof Unknown) && rows('mysql', fact).length > 0
  const result = { user: account.name, host: account.host, exists: found }
  const quoted = quoteAccount(account.name, account.host)
  if (account.state === 'absent') {
    const step: Step = { summary: `drop user ${shown(account)}`, sql: `DROP USER ${quoted}`, touches: everything(account) }
    return { changes: found ? planSteps(login, account, [step], [[user, '']]) : [], result }
  }
  if (!found) {
    const password = account.password === undefined ? '' : ` IDENTIFIED BY ${literal('mysql', account.password)}`
    const sql = `CREATE USER ${quoted}${password}`
    const create: Step = {
      summary: `create user ${shown(account)}`,
      sql,
      secret: true,
      touches: everything(account),
    }
    const steps = [create, ...account.grants.map((grant) => grantStep(account, grant))]
    return { changes: planSteps(login, account, steps, answersAfter(login, account)), result }
  }
  return alter(login, account, facts, result)
}

function alter(login: Login, account: Account, facts: Facts, result: Record<string, unknown>): Plan {
  const steps: Step[] = []
  const warnings: string[] = []
  if (comparable(account)) {
    const fact = facts.get(loginProbe(login, account))
    // 1045: the name or password is wrong. Anything else is told only after they were accepted, or tells nothing.
    if (fact instanceof Unknown || /ERROR 1045/.test(fact.stderr)) {
      const sql = `ALTER USER ${quoteAccount(account.name, account.host)} IDENTIFIED BY ${literal('mysql', account.password!)}`
      steps.push({
        summary: `set the password of user ${shown(account)}`,
        sql,
        secret: true,
        touches: [['password', account.name]],
      })
    } else if (fact.rc !== 0 && !/ERROR (1044|1049|1820)/.test(fact.stderr)) {
      warnings.push(`the password of ${shown(account)} could not be compared: ${databaseError(login, fact)}`)
    }
  } else if (account.password !== undefined && account.update_password === 'always') {
    warnings.push(
      `${shown(account)} may not log in from here, so that its password could not be compared: it was left as it is`,
    )
  }
  if (account.grants.length > 0) {
    const fact = facts.get(grantsProbe(login, account))
    const error = fact instanceof Unknown ? undefined : databaseError(login, fact)
    if (error) return { changes: [], failed: error }
    const held = fact instanceof Unknown ? [] : rows('mysql', fact).map((row) => row[0]!)
    steps.push(...account.grants.filter((grant) => !holds(held, grant)).map((grant) => grantStep(account, grant)))
  }
  return { changes: planSteps(login, account, steps, answersAfter(login, account)), result, ...(warnings.length > 0 && { warnings }) }
}

/** All is there, and as wanted. */
function answersAfter(login: Login, account: Account): Answers {
  return [
    [userProbe(login, account), '1\n'],
    [loginProbe(login, account), '1\n'],
    [grantsProbe(login, account), grantLines(account.grants)],
  ]
}

function userProbe(login: Login, account: Account): Probe<'command'> {
  const [name, from] = [literal('mysql', account.name), literal('mysql', account.host)]
  const sql = `select 1 from mysql.user where user = ${name} and host = ${from};\n`
  return query(login, sql, { reads: [resource(login, 'role', account.name)] })
}

/** Only an account that may log in from this very host can be tried. */
function comparable(account: Account): boolean {
  if (account.password === undefined || account.update_password === 'on_create') return false
  return account.check_host !== undefined || ['%', 'localhost', '127.0.0.1', '::1'].includes(account.host)
}

function loginProbe(login: Login, account: Account): Probe<'command'> {
  const direct = account.check_host ?? login.host
  const local = account.host === 'localhost' && login.socket && account.check_host === undefined
  const there: Login = local
    ? { ...login, user: account.name, password: account.password }
    : { ...login, socket: undefined, host: direct ?? '127.0.0.1', user: account.name, password: account.password }
  return query(there, 'select 1;\n', { reads: [resource(login, 'password', account.name)] })
}

function grantsProbe(login: Login, account: Account): Probe<'command'> {
  const reads = account.grants.map((grant) => resource(login, ...grantOf(account, grant)))
  return query(login, `show grants for ${quoteAccount(account.name, account.host)};\n`, {
    reads: [resource(login, 'role', account.name), ...reads],
  })
}

function target(grant: Grant): string {
  return grant.database === '*' ? '*.*' : `${identifier('mysql', grant.database)}.*`
}

function grantLines(grants: Grant[]): string {
  return grants.map((grant) => `GRANT ${full(grant.privileges).join(', ')} ON ${target(grant)} TO x\n`).join('')
}

const full = (privileges: string[]) => privileges.map((name) => (name === 'ALL' ? 'ALL PRIVILEGES' : name))

/** By the lines of SHOW GRANTS; rights on everything count for each database. */
function holds(lines: string[], grant: Grant): boolean {
  const held = new Set<string>()
  for (const line of lines) {
    const found = /^GRANT (.+?) ON (.+?) TO /.exec(line)
    if (found && (found[2] === target(grant) || found[2] === '*.*'))
      for (const name of found[1]!.split(/, */)) held.add(name.toUpperCase())
  }
  return held.has('ALL PRIVILEGES') || full(grant.privileges).every((name) => held.has(name))
}

function grantStep(account: Account, grant: Grant): Step {
  const rights = grant.privileges.join(', ')
  return {
    summary: `grant ${rights} on ${target(grant)} to ${shown(account)}`,
    sql: `GRANT ${rights} ON ${target(grant)} TO ${quoteAccount(account.name, account.host)}`,
    touches: [grantOf(account, grant)],
  }
}

function shown(account: Account): string {
  return `${account.name}@${account.host}`
}
