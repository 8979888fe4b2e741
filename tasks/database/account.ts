/** `database_user`: arguments, and what is common to both kinds of server. */
import { arg, z, type Change, type Effect, type Probe } from '../../src/module/index.ts'
import { execute, loginArgs, resource, type Login, type LoginArgs, type Thing } from './client.ts'

/** Rights on one database. */
export interface Grant {
  database: string
  privileges: string[]
  owner: boolean
}

export interface Account extends LoginArgs {
  name: string
  password?: string
  state: 'present' | 'absent'
  update_password: 'always' | 'on_create'
  host: string
  grants: Grant[]
  role_attr_flags?: string
  conn_limit?: number
  check_host?: string
}

const privilege = z
  .string()
  .regex(/^[A-Za-z][A-Za-z ]*$/, 'expected the name of a privilege, such as ALL or SELECT')
  .transform((name) => name.trim().toUpperCase())

const grant = z.strictObject({
  database: arg.text.meta({ description: 'Name of the database; MySQL: `*` for all.', aliases: ['db', 'name'] }),
  privileges: z
    .union([
      z.array(privilege),
      z
        .string()
        .transform((line) => line.split(','))
        .pipe(z.array(privilege)),
    ])
    .default(['ALL'])
    .describe('Names of privileges, or ALL. They are only added, never taken away.'),
  owner: arg.boolean
    .default(false)
    .describe('PostgreSQL: make the account the owner of the database, so that it may make tables.'),
})

/** Ansible's `db.*:ALL/other.*:SELECT,INSERT`, or a dict of the same. */
const priv = z
  .union([z.string(), z.record(z.string(), z.string())])
  .transform((value) => (typeof value === 'string' ? Object.fromEntries(value.split('/').map(splitPriv)) : value))
  .transform((byDatabase, context) => parsePriv(byDatabase, context))

function splitPriv(part: string): [string, string] {
  const colon = part.lastIndexOf(':')
  return colon < 0 ? ['*.*', part] : [part.slice(0, colon), part.slice(colon + 1)]
}

function parsePriv(byDatabase: Record<string, string>, context: z.RefinementCtx): Grant[] {
  return Object.entries(byDatabase).map(([target, names]) => {
    const database = /^`?(.+?)`?\.\*$/.exec(target)?.[1]
    if (database === undefined) {
      context.addIssue({
        code: 'custom',
        message: `expected DATABASE.*:PRIVILEGES, got ${target}: rights on single tables are not managed`,
      })
    }
    return { database: database ?? target, privileges: names.split(',').map((name) => name.trim().toUpperCase()), owner: false }
  })
}

export const accountShape = {
  name: arg.text
    .refine((name) => name !== '', 'expected the name of an account')
    .meta({ description: 'Name of the account.', aliases: ['user'] }),
  password: arg.text.optional().meta({
    description: 'Its password. Compared by logging in as the account, set by SQL on standard input.',
    secret: true,
  }),
  state: z.enum(['present', 'absent']).default('present').describe('Whether it is there.'),
  update_password: z
    .enum(['always', 'on_create'])
    .default('always')
    .describe('`on_create`: the password of an account that exists stays as it is.'),
  grants: z.array(grant).default([]).describe('Rights on databases.'),
  priv: priv.optional().describe("MySQL: rights as Ansible's mysql_user writes them: `apim_db.*:ALL/shared_db.*:ALL`."),
  role_attr_flags: arg.text.optional().describe('PostgreSQL: attributes of the role, such as `CREATEDB,NOSUPERUSER`.'),
  conn_limit: arg.integer.optional().describe('PostgreSQL: how many connections it may have; -1: no limit.'),
  check_host: arg.text.optional().describe('Where the password is tried. Default: login_host, or 127.0.0.1.'),
  append_privs: arg.boolean.default(true).describe('Rights are only added; only `true` is supported.'),
  ...loginArgs,
}

/** `host` of a MySQL account, whose default differs between `database_user` and `mysql_user`. */
export function hostArg(standard: string) {
  return arg.text.default(standard).describe('MySQL: from where it may log in; `%` is everywhere.')
}

/** A statement, and what of the account it changes. */
export interface Step {
  summary: string
  sql: string
  touches: [Thing, string][]
  /** It holds a password: not shown. */
  secret?: boolean
}

/** All that can be asked of an account: what making or dropping it changes. */
export function everything(account: Account): Step['touches'] {
  return [['role', account.name], ['password', account.name], ...account.grants.map((grant) => grantOf(account, grant))]
}

export function grantOf(account: Account, grant: Grant): [Thing, string] {
  return ['grant', `${account.name}/${grant.database}`]
}

/** What the own questions are answered when all is done. */
export type Answers = [Probe<'command'>, string][]

/** One change for each statement. The answers come with the last: what an earlier one touches would make them unknown again. */
export function planSteps(login: Login, account: Account, steps: Step[], answers: Answers): Change[] {
  return steps.map((step, index): Change => {
    const reason = `account ${account.name} will be changed`
    const makes: Effect[] = step.touches.map(([kind, name]) => ({
      kind: 'touched',
      resource: resource(login, kind, name),
      reason,
    }))
    if (index === steps.length - 1) {
      for (const [question, stdout] of answers) {
        makes.push({ kind: 'probe', probe: question, fact: { found: true, rc: 0, stdout, stderr: '' } })
      }
    }
    return {
      summary: step.summary,
      ...(!step.secret && { after: { label: account.name, text: `${step.sql}\n` } }),
      actions: [execute(login, `${step.sql};\n`, { makes })],
    }
  })
}
