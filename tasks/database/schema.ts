/** An SQL script of the pack is loaded into a database, once and never again. */
import { arg, defineModule, z } from '../../src/module/index.ts'
import { loginArgs } from './client.ts'
import { observeSchema, planSchema } from './load.ts'

const args = z.strictObject({
  engine: z.enum(['postgresql', 'mysql']).describe('Kind of server; MariaDB counts as mysql.'),
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

export default defineModule({
  name: 'schema',
  collection: 'aarun.apim',
  summary: 'Loads an SQL script into a database once, and never over tables that are there.',
  description: `The names behind CREATE TABLE in the script are compared with the tables of the database:

- none is there: the script is loaded, on PostgreSQL in one transaction (BEGIN and COMMIT of the script itself are left out);
- all are there: nothing to do;
- some are there: the task fails and names those that are missing. The script is **not** run again.

WSO2's PostgreSQL scripts begin with DROP TABLE: run twice they delete all users, roles and registry resources, and
\`psql\` still says success. On MySQL a failing script leaves the tables that it made so far; a table
\`aarun_schema_loading\` then marks the database until it is made anew.`,
  examples: `
- name: The schema of the API Manager
  schema:
    engine: postgresql
    database: apim_db
    script: "{{ apim_home }}/dbscripts/apimgt/postgresql.sql"
    login_host: db1
    login_user: apim
    login_password: "{{ apim_db_password }}"
`,
  args,
  returns: {
    tables: 'How many tables the script makes.',
    present: 'How many of them are there.',
    missing: 'Names of those that are not.',
  },
  observe: (wanted) => observeSchema(wanted),
  plan: (wanted, facts, context) => planSchema(wanted, facts, context),
})
