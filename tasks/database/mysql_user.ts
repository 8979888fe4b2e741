/** The module database_user, with the engine that its Ansible name implies. */
import { accountModule } from './account-module.ts'

export default accountModule('mysql_user', 'mysql', {
  collection: 'community.mysql',
  host: 'localhost',
  summary: 'Creates or drops a MySQL or MariaDB account: the module database_user with engine mysql.',
  examples: `
- name: The account of the API Manager
  community.mysql.mysql_user:
    name: apim
    host: "%"
    password: "{{ apim_db_password }}"
    priv: "apim_db.*:ALL/shared_db.*:ALL"
`,
})
