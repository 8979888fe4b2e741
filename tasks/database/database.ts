/** A database of PostgreSQL or MySQL is there, with its owner and character set. */
import { databaseModule } from './database-module.ts'

export default databaseModule('database', undefined, {
  collection: 'aarun.apim',
  summary: 'Creates a database of PostgreSQL or MySQL/MariaDB, checks its character set, or drops it.',
  description: `The SQL goes to \`psql\` or \`mysql\` on the host, on their standard input; nothing else is needed there.

The character set of a database that exists is never changed: a difference is a failure that says what to do.
WSO2 API Manager's \`apimgt/mysql.sql\` needs \`character_set: latin1\`: with utf8mb4 its keys are too long (error 1071).`,
  examples: `
- name: The database of the API Manager
  database:
    engine: postgresql
    name: apim_db
    owner: apim
    encoding: UTF8
    login_host: db1
    login_password: "{{ postgres_password }}"

- name: On MySQL, latin1
  database:
    engine: mysql
    name: apim_db
    character_set: latin1
`,
})
