/** The product runs and is ready, or is stopped. */
import { defineModule } from '../../src/module/index.ts'
import { serverArgs } from './server/arguments.ts'
import { observeServer, planServer } from './server/plan.ts'

export default defineModule({
  name: 'server',
  collection: 'aarun.apim',
  summary: 'Starts, stops or restarts WSO2 API Manager, and waits until it is ready or gone.',
  description: `The start script says success at once, whatever becomes of the server. So this module looks for the JVM of
this very home (a pid file alone proves nothing), remembers how long the log was, and then waits for:

- \`log\`: the line \`WSO2 Carbon started in N sec\` after the start;
- \`version\`: \`/services/Version\` on 9443 + offset answers 200;
- \`gateway\` (3.x): the same on 8243 + offset; \`apis\` (4.x): \`server-startup-healthcheck\` answers 200 (where an update level has
  no such resource, \`gateway\` takes its place);
- \`ports\`: 5672, 9611 and 9711 + offset listen.

It fails at once, with the product's own words, when the process ends or the log shows that it can't become ready: a
datasource, the keystore, a secret, the configuration or a port. (\`started\` also appears when datasources are broken.)

Never start both nodes of a pair at once on fresh databases: \`serial: 1\`, and log in once before the second (a race may
break the login for ever). Run it as the user that owns the files (\`become_user\`).`,
  examples: `
- name: Start the API Manager
  server:
    home: "{{ apim_home }}"
    java_home: /usr/lib/jvm/java-17-openjdk-amd64
    jvm_mem_opts: -Xms2g -Xmx2g
    keystore_password: "{{ keystore_password }}"
  register: apim

- name: Stop it
  server:
    home: "{{ apim_home }}"
    state: stopped
    timeout: 120
`,
  args: serverArgs,
  returns: {
    home: 'CARBON_HOME.',
    state: 'started or stopped.',
    pid: 'Number of its process.',
    ready: 'Whether all checks held.',
    url: 'Address of its consoles on the host itself.',
    offset: 'Port offset.',
    started_in: 'Seconds that the start took, by its log.',
    outdated: 'With `restart_after`, in check mode: the file that is newer than the running server, which would be restarted.',
    errors: 'Last errors in the log of a start that failed.',
  },
  observe: (args, facts, context) => observeServer(args, facts, context),
  plan: (args, facts, context) => planServer(args, facts, context),
  patience: (args) => ({ timeout: args.timeout, interval: 2 }),
})
