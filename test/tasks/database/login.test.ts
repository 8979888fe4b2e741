/** Where and how the clients of databases log in, what servers complain about, and arguments that do not go together. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import database from '../../../tasks/database/database.ts'
import databaseUser from '../../../tasks/database/database_user.ts'
import { loginOf, query, resource, where } from '../../../tasks/database/client.ts'
import { databaseError, serverMessage } from '../../../tasks/database/errors.ts'
import type { Engine } from '../../../tasks/database/sql.ts'
import mysqlUser from '../../../tasks/database/mysql_user.ts'
import { parseArgs } from '../harness.ts'

test('where a server is: a host, a socket, or the usual place', () => {
  const at = (engine: Engine, args: object) => where(loginOf(engine, args))
  for (const [engine, args, place] of [
    ['postgresql', { login_host: 'db1' }, 'db1:5432'],
    ['mysql', { login_host: 'db1' }, 'db1:3306'],
    ['mysql', { login_port: 3307 }, '127.0.0.1:3307'],
    ['mysql', {}, 'the local socket'],
    ['mysql', { login_host: '' }, 'the local socket'],
    ['postgresql', { login_port: 5433 }, 'the local socket of port 5433'],
    ['postgresql', { login_unix_socket: '/run/pg' }, '/run/pg (port 5432)'],
    ['mysql', { login_unix_socket: '/run/m.sock', login_host: 'db1' }, '/run/m.sock'],
  ] as const) assert.is(at(engine, args), place)
  assert.is(resource(loginOf('mysql', {}), 'db', 'x'), 'mysql:local:3306/db:x')
})

test('the password is in the environment, never an argument', () => {
  const asked = (engine: Engine, args: object, name?: string) => query(loginOf(engine, { login_password: 'pa55', ...args }), 'select 1', name === undefined ? {} : { database: name })
  const local = asked('mysql', {})
  assert.equal(local.argv.slice(-2), ['--connect-timeout=10', '--user=root'])
  assert.equal(asked('mysql', { login_host: 'h', login_user: 'me' }, 'd').argv.slice(-5), ['--user=me', '--protocol=TCP', '--host=h', '--port=3306', '--database=d'])
  assert.equal(asked('mysql', { login_port: 3307 }).argv.slice(-3), ['--protocol=TCP', '--host=127.0.0.1', '--port=3307'])
  assert.equal(asked('mysql', { login_unix_socket: '/s' }).argv.slice(-2), ['--protocol=SOCKET', '--socket=/s'])
  assert.equal([local.env!.MYSQL_PWD, local.secret], ['pa55', true])
  const pg = asked('postgresql', { login_host: 'h' })
  assert.equal([pg.env!.PGHOST, pg.env!.PGPORT, pg.env!.PGUSER, pg.env!.PGDATABASE, pg.env!.PGPASSWORD], ['h', '5432', 'postgres', 'postgres', 'pa55'])
  assert.is(asked('postgresql', {}).env!.PGHOST, undefined)
  for (const probe of [local, pg]) assert.not.match(probe.argv.join(' '), 'pa55')
})

test('what a server says, in words to act on', () => {
  const said = (engine: Engine, args: object, fact: object) => databaseError(loginOf(engine, args), { found: true, rc: 1, stdout: '', stderr: '', ...fact }) ?? ''
  const db1 = { login_host: 'db1' }
  assert.is(said('mysql', db1, { rc: 0 }), '')
  assert.match(said('mysql', {}, { found: false }), /^there is no program mysql on the host: install the package default-mysql-client/)
  assert.match(said('postgresql', { client: '/opt/psql' }, { found: false }), /^there is no program \/opt\/psql on the host: install the package postgresql-client/)
  assert.is(said('mysql', db1, { stderr: "ERROR 1049 (42000): Unknown database 'x'\n" }), 'there is no database x at db1:3306: create it with the module database first')
  assert.match(said('postgresql', db1, { stderr: 'psql: error: FATAL:  database "x" does not exist\n' }), /^there is no database x at db1:5432/)
  assert.match(said('mysql', db1, { stderr: "ERROR 2005 (HY000): Unknown server host 'db1' (-2)\n" }), /the name db1 does not resolve on the host/)
  assert.is(said('mysql', db1, {}), 'db1:3306 answered: return code 1')
  assert.is(said('mysql', db1, { stderr: 'ERROR 1234 (X): odd\n' }), 'db1:3306 answered: ERROR 1234 (X): odd')
})

test('of what a client prints only the words of the server are shown: the statement may hold a password', () => {
  assert.is(serverMessage("psql:<stdin>:3: ERROR:  syntax error\nLINE 1: ALTER ROLE a PASSWORD 'pa55'\n                ^\nDETAIL:  more\n"), '3: ERROR:  syntax error DETAIL:  more')
  assert.is(serverMessage("--------------\nCREATE USER a IDENTIFIED BY 'pa55'\n--------------\n\nERROR 1064 (42000) at line 1: You have an error\n"), 'ERROR 1064 (42000) at line 1: You have an error')
  assert.is(serverMessage('NOTICE:  x\nLINE 1: y\nplain words\nmore\n'), 'plain words')
  assert.is(serverMessage(''), '')
})

test('arguments that do not go together', () => {
  for (const [module, raw, message] of [
    [databaseUser, { engine: 'mysql', name: 'a', append_privs: false }, /rights are only added here/],
    [databaseUser, { engine: 'mysql', name: 'a', role_attr_flags: 'SUPERUSER' }, /role_attr_flags is for PostgreSQL only/],
    [databaseUser, { engine: 'mysql', name: 'a', grants: [{ database: 'd', owner: true }] }, /MySQL databases have no owner/],
    [databaseUser, { engine: 'postgresql', name: 'a', priv: 'd.*:ALL' }, /priv is for MySQL: use grants/],
    [databaseUser, { engine: 'postgresql', name: 'a', grants: [{ database: 'd', privileges: ['SELECT'] }] }, /SELECT is not a privilege of a PostgreSQL database/],
    [databaseUser, { engine: 'postgresql', name: 'a', role_attr_flags: 'NOPE' }, /role_attr_flags/],
    [mysqlUser, { name: 'a', priv: 'd.t:ALL' }, /expected DATABASE\.\*:PRIVILEGES, got d\.t: rights on single tables are not managed/],
    [database, { engine: 'mysql', name: 'd', owner: 'a' }, /owner is for PostgreSQL only: on MySQL give rights with database_user/],
  ] as const) assert.throws(() => parseArgs(module, raw), (error: Error) => message.test(error.message))
  const { priv } = parseArgs(mysqlUser, { name: 'a', priv: { 'd.*': 'select, Insert', '`e`.*': 'ALL' } }) as { priv: unknown }
  assert.equal(priv, [{ database: 'd', privileges: ['SELECT', 'INSERT'], owner: false }, { database: 'e', privileges: ['ALL'], owner: false }])
  assert.equal((parseArgs(mysqlUser, { name: 'a', priv: 'SELECT' }) as { priv: unknown }).priv, [{ database: '*', privileges: ['SELECT'], owner: false }], 'without a database: all of them')
})

test.run()
