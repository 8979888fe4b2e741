/** An SQL script of the pack is loaded into a database, once and never again. */
import { arg, defineModule, z } from '../../src/module/index.ts'
import { loginArgs } from './client.ts'
import { observeSchema, planSchema } from './load.ts'

/** What psql and mysql reach. */
const BY_CLIENT = ['postgresql', 'mysql']

const args = z
  .strictObject({
    engine: z
      .enum(['postgresql', 'mysql', 'mssql', 'oracle', 'db2'])
      .describe('Kind of server; MariaDB counts as mysql. SQL Server (`mssql`), Oracle and DB2 need `jdbc_driver`.'),
    database: arg.text.meta({ description: 'Database to load into. It must be there.', aliases: ['name', 'db', 'login_db'] }),
    script: arg.path.meta({
      description: 'The SQL script, a path on the host: `dbscripts/apimgt/postgresql.sql` of the pack.',
      aliases: ['path', 'src'],
    }),
    schema: arg.text.default('public').describe('PostgreSQL: the schema that takes the tables.'),
    session_role: arg.text.optional().describe('PostgreSQL: the role that shall own the tables, when it is not `login_user`.'),
    sentinel: arg.text
      .optional()
      .describe('A table by which alone a loaded schema is known; then the script need not be there any more.'),
    expect: arg.list.default([]).describe('Tables that must be there after loading, beside those that the script makes.'),
    ...loginArgs,
  })
  .superRefine((value, context) => {
    const issue = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message })
    if (!BY_CLIENT.includes(value.engine) && value.jdbc_driver === undefined)
      issue('jdbc_driver', `${value.engine} is reached by JDBC only: give the jar of its driver on the host as jdbc_driver`)
    if (!BY_CLIENT.includes(value.engine) && value.login_user === undefined)
      issue('login_user', `there is no usual account of ${value.engine}: give the one whose tables they shall be as login_user`)
    if (value.jdbc_driver !== undefined && value.login_unix_socket !== undefined)
      issue('login_unix_socket', 'JDBC drivers know no sockets: give login_host and login_port')
  })

export default defineModule({
  name: 'schema',
  collection: 'aarun.apim',
  summary: 'Loads an SQL script into a database once, and never over tables that are there.',
  description: `The names behind CREATE TABLE in the script are compared with the tables of the database:

- none is there: the script is loaded, on PostgreSQL in one transaction (BEGIN and COMMIT of the script itself are left out);
- all are there: nothing to do;
- some are there: the task fails and names those that are missing. The script is **not** run again.

WSO2's PostgreSQL scripts begin with DROP TABLE: run twice they delete all users, roles and registry resources, and
\`psql\` still says success. On MySQL, Oracle and DB2 a failing script leaves the tables that it made so far; a table
\`aarun_schema_loading\` then marks the database until it is made anew.

With \`jdbc_driver\` a small client of its own does it: it is sent along with each request and nothing of it stays on the
host, which needs Java and the vendor's driver only. Scripts are split as the vendors' clients do it (lines with \`GO\` for
SQL Server, \`/\` and PL/SQL for Oracle, \`/\`, \`@\` or \`;\` for DB2, \`DELIMITER\` for MySQL), and while they load the task
shows how far it is. On SQL Server, Oracle and DB2 the account's rights are looked at before the first statement.`,
  examples: `
- name: The schema of the API Manager
  schema:
    engine: postgresql
    database: apim_db
    script: "{{ apim_home }}/dbscripts/apimgt/postgresql.sql"
    login_host: db1
    login_user: apim
    login_password: "{{ apim_db_password }}"

- name: On Oracle
  schema:
    engine: oracle
    database: APIMPDB
    script: "{{ apim_home }}/dbscripts/apimgt/oracle.sql"
    login_host: db1
    login_user: apim
    login_password: "{{ apim_db_password }}"
    jdbc_driver: /opt/drivers/ojdbc8.jar
    java_home: /usr/lib/jvm/java-11-openjdk-amd64
`,
  args,
  returns: {
    tables: 'How many tables the script makes.',
    present: 'How many of them are there.',
    missing: 'Names of those that are not.',
  },
  observe: (wanted, facts) => observeSchema(wanted, facts),
  plan: (wanted, facts, context) => planSchema(wanted, facts, context),
})
