/** nginx or HAProxy runs with this configuration: tested, replaced, loaded. */
import { defineModule } from '../../src/module/index.ts'
import { loadbalancerArgs } from './loadbalancer/arguments.ts'
import { observeLoadbalancer } from './loadbalancer/observe.ts'
import { planLoadbalancer } from './loadbalancer/plan.ts'

export default defineModule({
  name: 'loadbalancer',
  collection: 'aarun.apim',
  summary: 'Configures nginx or HAProxy as load balancer: writes its configuration only when it passes the test, and loads it.',
  description: `The candidate is tested before it replaces the file (\`nginx -t\`, \`haproxy -c\`), so that a broken configuration never
reaches the disk. Then the program is reloaded (it keeps serving), or started when it does not run.

On a host that serves other sites too, \`main\` is what is there, and stays as it is; \`dest\` is a file of our own beside it. nginx
has to include it: without \`dest\` it goes to the last directory from which \`main\` includes sites, under a name that comes last, so
that another site goes on to answer for names that none has. HAProxy has to be started with both (\`-f main -f dest\`; \`loaded\` in
the result says whether it was), and an address on which \`main\` listens already is refused: HAProxy would deal connections out to both.

Whether the running workers are older than the file is looked at too: a reload that was missed is made up for, and one that was
refused (a port in use) is a failure, although the reload itself says nothing.

For a rolling restart, \`drain: true\` takes servers out and waits until the requests that were begun are answered; \`drain: false\`
puts them back. In nginx they are marked \`down\` in the file, which stays as it is otherwise (limit the time of requests with
\`worker_shutdown_timeout\`; where others are served too, only what is connected to the drained servers is waited for). HAProxy is told on
its \`socket\`, and its file stays as it is; \`state: reloaded\` puts back what an earlier run has left out. Certificates are only named in
the configuration: place them with other modules and list them in \`watch\`.

API Manager: users of the portals (9443) stay on one node (\`ip_hash\`; HAProxy: \`cookie\`), the nodes' certificate is checked,
\`Host\` is passed on. Open-source nginx has no \`sticky\`.`,
  examples: `
- name: Balance both nodes
  loadbalancer:
    src: nginx.conf.j2
    main: /etc/nginx/nginx.conf
    unit: nginx
    watch: [/etc/nginx/tls/apim.pem]

- name: Take node 1 out before it is restarted
  loadbalancer:
    main: /etc/nginx/nginx.conf
    server: [node1:9443, node1:8243]
    drain: true

- name: Put it back, at HAProxy
  loadbalancer:
    kind: haproxy
    main: /etc/haproxy/haproxy.cfg
    dest: /etc/haproxy/conf.d/apim.cfg
    socket: /run/haproxy-apim.sock
    server: [node1:9443, node1:8243]
    drain: false
`,
  args: loadbalancerArgs,
  returns: { dest: 'The configuration file.', running: 'Whether it runs.', master: 'Number of its master process.', loaded: 'Whether the running process was started with the file.' },
  observe: (args, facts, context) => observeLoadbalancer(args, facts, context),
  plan: (args, facts, context) => planLoadbalancer(args, facts, context),
  patience: (args) => ({ timeout: args.drain ? args.timeout : 20, interval: args.drain ? 0.5 : 1 }),
})
