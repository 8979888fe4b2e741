/** The module database_user, with the engine that its Ansible name implies. */
import { accountModule } from './account-module.ts'

export default accountModule('postgresql_user', 'postgresql', {
  collection: 'community.postgresql',
  host: '%',
  summary: 'Creates or drops a PostgreSQL role: the module database_user with engine postgresql.',
  examples: `
- name: The account of the API Manager
  community.postgresql.postgresql_user:
    name: apim
    password: "{{ apim_db_password }}"
    role_attr_flags: NOSUPERUSER,NOCREATEDB
`,
})
