/** `database_user` and its names for one engine. */
import { defineModule, z } from '../../src/module/index.ts'
import { accountShape, hostArg, type Account } from './account.ts'
import { observeMysql, planMysql } from './mysql-account.ts'
import { observePostgres, planPostgres, roleFlags } from './postgres-account.ts'
import type { Engine } from './sql.ts'

interface Parsed extends Omit<Account, 'grants'> {
  engine: Engine
  grants: Account['grants']
  priv?: Account['grants']
  append_privs: boolean
}

interface Texts {
  collection: string
  summary: string
  description?: string
  examples: string
  host: string
}

/** `fixed`: the engine that the module's name implies. */
export function accountModule(name: string, fixed: Engine | undefined, { host, ...texts }: Texts) {
  const engine = fixed
    ? z.literal(fixed).default(fixed).describe('Implied by the name of this module.')
    : z.enum(['postgresql', 'mysql']).describe('Kind of server; MariaDB counts as mysql.')
  const args = z.strictObject({ engine, ...accountShape, host: hostArg(host) }).superRefine((value, context) => {
    for (const [path, message] of problems(value)) context.addIssue({ code: 'custom', path: [path], message })
  })
  return defineModule({
    name,
    ...texts,
    args,
    returns: { user: 'Name of the account.', host: 'MySQL: from where it may log in.', exists: 'Whether it is there.' },
    observe: (value, facts) =>
      value.engine === 'postgresql' ? observePostgres(toAccount(value), facts) : observeMysql(toAccount(value), facts),
    plan: (value, facts, context) =>
      value.engine === 'postgresql'
        ? planPostgres(toAccount(value), facts, context)
        : planMysql(toAccount(value), facts, context),
  })
}

function toAccount({ priv, ...value }: Parsed): Account {
  return { ...value, grants: [...value.grants, ...(priv ?? [])] }
}

function problems(value: Parsed): [string, string][] {
  const found: [string, string][] = []
  if (!value.append_privs)
    found.push(['append_privs', 'rights are only added here, never taken away: leave append_privs out, or revoke by hand'])
  if (value.engine === 'mysql') {
    if (value.role_attr_flags !== undefined) found.push(['role_attr_flags', 'role_attr_flags is for PostgreSQL only'])
    if (value.grants.some((grant) => grant.owner))
      found.push(['grants', 'MySQL databases have no owner: give privileges instead'])
    return found
  }
  if (value.priv) found.push(['priv', 'priv is for MySQL: use grants'])
  const allowed = ['ALL', 'ALL PRIVILEGES', 'CREATE', 'CONNECT', 'TEMPORARY', 'TEMP']
  for (const name of value.grants.flatMap((grant) => grant.privileges)) {
    if (!allowed.includes(name))
      found.push([
        'grants',
        `${name} is not a privilege of a PostgreSQL database: expected ${allowed.join(', ')}; for tables use owner: true`,
      ])
  }
  try {
    roleFlags(value.role_attr_flags)
  } catch (error) {
    found.push(['role_attr_flags', (error as Error).message])
  }
  return found
}
