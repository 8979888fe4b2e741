/** What is read of the configurations of hosts: where a file of our own has its place, and what it must not take away. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { globalWord, serversOf, sharedBind, wantedServers } from '../../../tasks/apim/loadbalancer/haproxy/config.ts'
import { inMaintenance, readStates } from '../../../tasks/apim/loadbalancer/haproxy/runtime.ts'
import { siteIncludes } from '../../../tasks/apim/loadbalancer/nginx/config.ts'
import { destOf, unread } from '../../../tasks/apim/loadbalancer/place.ts'
import loadbalancer from '../../../tasks/apim/loadbalancer.ts'
import { parseArgs } from '../harness.ts'

const debian = `user www-data;
include /etc/nginx/modules-enabled/*.conf;
http {
  include /etc/nginx/mime.types;
  server { include /etc/nginx/default.d/*.conf; }
  include /etc/nginx/conf.d/*.conf;
  include /etc/nginx/sites-enabled/*;
}
stream { include /etc/nginx/streams/*; }`
const redHat = 'http { include /etc/nginx/mime.types; include /etc/nginx/conf.d/*.conf; server { listen 80; } }'
const args = (more: object = {}) => parseArgs(loadbalancer, { main: '/etc/nginx/nginx.conf', ...more }) as never
const file = (text: string) => ({ exists: true, content: new TextEncoder().encode(text) })

test('nginx: the last directory of sites inside of http, under a name that comes last', () => {
  assert.equal(siteIncludes(debian), ['/etc/nginx/mime.types', '/etc/nginx/conf.d/*.conf', '/etc/nginx/sites-enabled/*'])
  assert.is(destOf(args(), file(debian)), '/etc/nginx/sites-enabled/zz-apim.conf')
  assert.is(destOf(args(), file(redHat)), '/etc/nginx/conf.d/zz-apim.conf')
  assert.is(destOf(args(), file('http { include "sites/*.vhost"; }')), '/etc/nginx/sites/zz-apim.vhost')
  assert.is(destOf(args({ dest: '/x' }), undefined), '/x')
})

test('nginx: a main file without such a directory is not touched, and it is said what to add', () => {
  assert.match((destOf(args(), file('http { server { } }')) as { failed: string }).failed, /includes no directory with sites inside of http \{ \}: add `include \/etc\/nginx\/conf\.d\/\*\.conf;`/)
  assert.match((destOf(args(), { exists: false }) as { failed: string }).failed, /there is no \/etc\/nginx\/nginx\.conf/)
  assert.is(destOf(args(), undefined), undefined)
  assert.equal(unread(args(), '/etc/nginx/conf.d/a.conf', file(redHat)), [])
  assert.match(unread(args(), '/etc/nginx/other/a.conf', file(redHat)).join(), /does not include \/etc\/nginx\/other\/a\.conf/)
})

test('nginx: what earlier versions wrote into the main file is drained there', () => {
  const old = 'http { upstream a { server node1:8243; } }'
  assert.is(destOf(args({ server: 'node1:8243', drain: true }), file(old)), '/etc/nginx/nginx.conf')
})

const config = `global
  pidfile "/run/a b/haproxy.pid" # pidfile /no
  stats socket /run/x
frontend www
  bind *:80,:443 ssl crt "/a # b"
backend apim_gateways
  server node1 node1.example.com:8243 check # server node9 x:1
  server node2 10.0.0.2:8243 check
backend apim_portals
  server node1 node1.example.com:9443 cookie node1 check
`

test('HAProxy: servers are found by address and by name', () => {
  assert.is(serversOf(config).length, 3)
  assert.is(globalWord(config, 'pidfile'), '/run/a b/haproxy.pid')
  const names = (wanted: string[], backend?: string) => {
    const found = wantedServers(config, backend, wanted)
    return 'failed' in found ? found.failed : found.map(({ backend: one, name }) => `${one}/${name}`)
  }
  assert.equal(names(['node1.example.com:8243', 'node1.example.com:9443']), ['apim_gateways/node1', 'apim_portals/node1'])
  assert.equal(names(['node1']), ['apim_gateways/node1', 'apim_portals/node1'])
  assert.equal(names(['apim_portals/node1']), ['apim_portals/node1'])
  assert.is(names(['node2'], 'apim_portals'), 'backend apim_portals has no server node2; there are node1.example.com:9443')
  assert.is(names(['node9']), 'no backend has a server node9; there are node1.example.com:8243, 10.0.0.2:8243, node1.example.com:9443')
})

test('HAProxy: an address that another frontend listens on is not shared', () => {
  assert.is(sharedBind('frontend a\n  bind 0.0.0.0:443 ssl', config), '*:443 (frontend www, line 5)')
  assert.is(sharedBind('frontend a\n  bind 10.0.0.1:443\n  bind *:8243', config), undefined)
})

test('HAProxy: the state of servers, and why there is none', () => {
  const fact = { found: true, rc: 0, stderr: '', stdout: '# pxname,svname,qcur,qmax,scur,smax,status\napim,node1,0,0,3,9,MAINT (via x)\napim,node2,0,0,0,9,UP 1/3\n' }
  const states = readStates(fact) as Map<string, { status: string; sessions: number }>
  assert.equal([...states].map(([name, state]) => [name, state.sessions, inMaintenance(state)]), [['apim/node1', 3, true], ['apim/node2', 0, false]])
  assert.match((readStates({ ...fact, found: false }) as { failed: string }).failed, /install the package socat/)
  assert.match((readStates({ ...fact, rc: 1, stdout: '', stderr: 'E connect: No such file' }) as { failed: string }).failed, /does not answer on its socket: E connect/)
})

test('arguments that do not go together are refused', () => {
  assert.throws(() => parseArgs(loadbalancer, {}), /give dest, or main/)
  assert.throws(() => parseArgs(loadbalancer, { kind: 'haproxy', main: '/x' }), /the file for HAProxy has to be named/)
  assert.throws(() => parseArgs(loadbalancer, { kind: 'haproxy', dest: '/x', server: 'a', drain: true }), /drained by its socket/)
})
test.run()
