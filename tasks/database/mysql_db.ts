/** The module database, with the engine that its Ansible name implies. */
import { databaseModule } from './database-module.ts'

export default databaseModule('mysql_db', 'mysql', {
  collection: 'community.mysql',
  summary: 'Creates or drops a MySQL or MariaDB database: the module database with engine mysql.',
  examples: `
- name: The database of the API Manager
  community.mysql.mysql_db:
    name: apim_db
    encoding: latin1
    login_unix_socket: /run/mysqld/mysqld.sock
`,
})
