/** Step 8's firewall on real packets: in network and mount namespaces that the test makes, and that end with it. */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { program, root } from '../program.ts'

const able = (argv: string[]) => spawnSync(argv[0]!, argv.slice(1)).status === 0
const has = (name: string) => able(['sh', '-c', 'PATH=$PATH:/usr/sbin; command -v "$1"', 'sh', name])
const namespaces = able(['unshare', '--net', '--mount', 'mount', '-t', 'tmpfs', 'none', '/mnt'])
if (!namespaces) console.log('skipped: needs root that may make namespaces')

const dir = mkdtempSync(join(tmpdir(), 'aarun firewall-'))
const file = (name: string, text: string) => {
  mkdirSync(join(dir, name, '..'), { recursive: true })
  writeFileSync(join(dir, name), text)
}
for (const name of ['includes', 'templates']) cpSync(join(root, 'playbooks', name), join(dir, 'playbooks', name), { recursive: true })
file('inventory.yaml', `all:
  vars: { ansible_connection: local }
  children:
    apim: { hosts: { node1: { apim_node: { address: 10.77.0.1, offset: 0 } }, node2: { apim_node: { address: 10.77.0.2, offset: 0 } } } }
    loadbalancer: { hosts: { lb: { ansible_host: 10.77.0.3, ansible_connection: ssh } } }
`)
file('site.yaml', `- hosts: node1
  vars: { apim: { version: '4.2.0', firewall: { kind: "{{ kind }}", allow: [10.78.0.0/24] } } }
  tasks:
    - import_tasks: playbooks/includes/firewall.yaml
`)

/** An /etc of its own; a network of a node (.1) and its neighbours (.2 the other node, .3 the load balancer, .4 a stranger). */
const prepare = `set -eu
cd "$1"
mkdir -p layer
mount -t tmpfs none "$1/layer"; mkdir layer/u layer/w
mount -t overlay none -o lowerdir=/etc,upperdir="$1/layer/u",workdir="$1/layer/w" /etc
ip link set lo up
unshare --net sleep 60 & other=$!
while [ "$(readlink /proc/$other/ns/net)" = "$(readlink /proc/self/ns/net)" ]; do :; done
ip link add one type veth peer name two
ip link set two netns $other
ip addr add 10.77.0.1/24 dev one; ip link set one up
for n in 2 3 4; do nsenter -t $other -n ip addr add 10.77.0.$n/24 dev two; done
nsenter -t $other -n ip link set two up
nft add table inet mine; nft add chain inet mine input '{ type filter hook input priority 0; policy accept; }'; nft add rule inet mine input tcp dport 7 accept
`
const node = `const net = require('node:net')
const from = process.argv[1], ports = process.argv.slice(2).map(Number)
let left = ports.length
for (const port of ports) {
  const socket = net.connect({ host: '10.77.0.1', port, localAddress: from, timeout: 3000 })
  const end = (word) => { console.log(from, port, word); socket.destroy(); if (--left === 0) process.exit() }
  socket.on('connect', () => end('open')); socket.on('error', (e) => end(e.code)); socket.on('timeout', () => end('timeout'))
}`
const listen = `for (const port of process.argv.slice(1).map(Number)) require('node:net').createServer((s) => s.end()).listen(port, '0.0.0.0')
process.stdout.write('up')
setTimeout(() => process.exit(), 60000)`
const ports = '5672 9611 9443 8243 2222'

function inNamespaces(script: string): string {
  const done = spawnSync('unshare', ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc', '--propagation', 'private', 'bash', '-c', `${prepare}${script}`, 'bash', dir, ...program], {
    encoding: 'utf8',
    env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin`, LISTEN: listen, CONNECT: node },
  })
  assert.is(done.status, 0, `${done.stdout}\n${done.stderr}`)
  return done.stdout
}

const suite = namespaces && has('nft') ? test : test.skip
suite('nftables: nodes reach everything, the load balancer and who is allowed portals and gateway, a stranger none; ssh is open to all', () => {
  const out = inNamespaces(`
run() { "\${@:2}" site.yaml -i inventory.yaml -e kind=nftables $MORE > "$1/log" || { cat "$1/log"; exit 1; }; grep -A3 RECAP "$1/log" | grep node1; }
MORE=--check run "$@"; ! nft list table inet apim 2> /dev/null
MORE= run "$@"; MORE= run "$@"
mkfifo up; node -e "$LISTEN" ${ports} > up & read -r -N 2 < up
for n in 2 3 4; do nsenter -t $other -n node -e "$CONNECT" 10.77.0.$n ${ports}; done
node -e "$CONNECT" 127.0.0.1 5672
nft flush ruleset; MORE= run "$@"; nft list table inet apim | grep -c 10.78.0.0/24
nft add table inet mine; nft -f /etc/apim/firewall.nft; nft list tables
`)
  assert.equal([...out.matchAll(/changed=(\d+)/g)].map((match) => match[1]), ['3', '3', '0', '1'], out)
  const said = (from: number) => [...out.matchAll(new RegExp(`10.77.0.${from} (\\d+) (\\w+)`, 'g'))].map((match) => `${match[1]} ${match[2]}`).sort()
  assert.equal(said(2), ['2222 open', '5672 open', '8243 open', '9443 open', '9611 open'])
  assert.equal(said(3), ['2222 open', '5672 ECONNREFUSED', '8243 open', '9443 open', '9611 ECONNREFUSED'])
  assert.equal(said(4), ['2222 open', '5672 ECONNREFUSED', '8243 ECONNREFUSED', '9443 ECONNREFUSED', '9611 ECONNREFUSED'])
  assert.match(out, /127\.0\.0\.1 5672 open/)
  assert.match(out, /table inet mine\n/)
})

const withUfw = namespaces && has('ufw') ? test : test.skip
withUfw('ufw: rules of our own are added once, and yours stay', () => {
  const out = inNamespaces(`
run() { "\${@:2}" site.yaml -i inventory.yaml -e kind=ufw $MORE > "$1/log" || { cat "$1/log"; exit 1; }; grep -A3 RECAP "$1/log" | grep node1; }
ufw allow 22/tcp > /dev/null
MORE= run "$@"; MORE= run "$@"; ufw show added
`)
  assert.equal([...out.matchAll(/changed=(\d+)/g)].map((match) => match[1]), ['1', '0'], out)
  assert.match(out, /ufw allow 22\/tcp/)
  assert.match(out, /ufw allow from 10\.77\.0\.2 to any port 5672,8672,9611,9711 proto tcp/)
  assert.match(out, /ufw allow from 10\.78\.0\.0\/24 to any port [\d,]*9443[\d,]* proto tcp/)
  assert.not.match(out, /from 10\.77\.0\.3 to any port 5672/)
})

test('nothing of it is left on this machine', () => {
  assert.not.ok(able(['nft', 'list', 'table', 'inet', 'apim']))
  assert.throws(() => readFileSync('/etc/apim/firewall.nft'))
})

test.after(() => rmSync(dir, { recursive: true, force: true }))
test.run()
