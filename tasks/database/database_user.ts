/** An account of PostgreSQL or MySQL is there, with its password and rights. */
import { accountModule } from './account-module.ts'

export default accountModule('database_user', undefined, {
  collection: 'aarun.apim',
  host: '%',
  summary: 'Creates an account of PostgreSQL or MySQL/MariaDB, sets its password and gives it rights on databases.',
  description: `Whether the password is right is found out by logging in with it, never by comparing hashes; that login goes over
TCP, to \`check_host\`, \`login_host\` or 127.0.0.1. Where the server takes any password (\`trust\`) or does not let the
account in from there, the password is only set when the account is made, and a warning says so.

Rights are only added. On PostgreSQL an account that makes tables should own its database (\`owner: true\`): since
version 15 nobody else may make tables in \`public\`.`,
  examples: `
- name: The account of the API Manager
  database_user:
    engine: postgresql
    name: apim
    password: "{{ apim_db_password }}"
    grants:
      - database: apim_db
        owner: true

- name: On MySQL
  database_user:
    engine: mysql
    name: apim
    password: "{{ apim_db_password }}"
    grants:
      - database: apim_db
      - database: shared_db
        privileges: [SELECT, INSERT, UPDATE, DELETE]
`,
})
