/** The module database, with the engine that its Ansible name implies. */
import { databaseModule } from './database-module.ts'

export default databaseModule('postgresql_db', 'postgresql', {
  collection: 'community.postgresql',
  summary: 'Creates or drops a PostgreSQL database: the module database with engine postgresql.',
  examples: `
- name: The shared database
  community.postgresql.postgresql_db:
    name: shared_db
    owner: apim
    encoding: UTF-8
`,
})
