/** nginx runs with this configuration: tested, replaced, loaded. */
import { defineModule } from '../../src/module/index.ts'
import { loadbalancerArgs } from './loadbalancer/arguments.ts'
import { observeLoadbalancer, planLoadbalancer } from './loadbalancer/plan.ts'

export default defineModule({
  name: 'loadbalancer',
  collection: 'aarun.apim',
  summary: 'Configures nginx as load balancer: writes its configuration only when `nginx -t` accepts it, and loads it.',
  description: `The candidate is tested before it replaces the file, so that a broken configuration never reaches the disk.
Then nginx is reloaded (it keeps serving), or started when it does not run.

Whether the running workers are older than the file is looked at too: a reload that was missed is made up for, and one that nginx
refused (a port in use) is a failure, although \`nginx -s reload\` says nothing.

For a rolling restart, \`drain: true\` marks a server \`down\` and waits until the requests that were begun are answered (limit
their time with \`worker_shutdown_timeout\`); \`drain: false\` puts it back. The rest of the file stays as it is. Certificates are only named in the configuration: place them with other modules and list them in \`watch\`.

API Manager: \`ip_hash\` for the portals (9443) on 3.x, verified upstream TLS (\`proxy_ssl_verify on\`), \`Host\` passed on.
Open-source nginx has no \`sticky\`.`,
  examples: `
- name: Balance both nodes
  loadbalancer:
    src: nginx.conf.j2
    dest: /etc/nginx/nginx.conf
    unit: nginx
    watch: [/etc/nginx/tls/apim.pem]

- name: Take node 1 out before it is restarted
  loadbalancer:
    dest: /etc/nginx/nginx.conf
    server: [node1:9443, node1:8243]
    drain: true
`,
  args: loadbalancerArgs,
  returns: { dest: 'The configuration file.', running: 'Whether nginx runs.', master: 'Number of its master process.' },
  observe: (args, facts, context) => observeLoadbalancer(args, facts, context),
  plan: (args, facts, context) => planLoadbalancer(args, facts, context),
  patience: (args) => ({ timeout: args.drain ? args.timeout : 20, interval: args.drain ? 0.5 : 1 }),
})
