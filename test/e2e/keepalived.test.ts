/**
 * One address for two load balancers. Two network namespaces stand for their hosts, joined by a cable of their own; keepalived
 * and nginx are real, and run in process namespaces of their own.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Site } from './site.ts'

const ADDRESS = '192.0.2.10'
const names = [1, 2].map((number) => `aarun-${process.pid}-${number}`)
const ip = (...words: string[]) => execFileSync('ip', words, { stdio: ['ignore', 'pipe', 'ignore'] }).toString()
const able = process.getuid?.() === 0 && spawnSync('keepalived', ['--version']).status === 0 && spawnSync('ip', ['netns', 'add', names[0]!]).status === 0
const real = able ? test : test.skip

const site = new Site()
const hosts: ChildProcess[] = []
// keepalived takes no path with a space.
const base = mkdtempSync(join(tmpdir(), 'aarun-keepalived-'))
const directory = (host: number) => join(base, String(host + 1))

/** The host that has the address; -1: none. */
const holder = () => names.findIndex((name) => ip('-n', name, 'addr').includes(`inet ${ADDRESS}/`))
async function holds(host: number): Promise<void> {
  for (let tries = 0; tries < 150 && holder() !== host; tries++) await new Promise((resolve) => setTimeout(resolve, 100))
  assert.is(holder(), host)
}

function start(host: number): void {
  const at = (name: string) => join(directory(host), name)
  const keepalived = ['keepalived', '-n', '-l', '-P', '-f', at('keepalived.conf'), '-p', at('pid'), '-r', at('vrrp.pid')]
  const inside = ['unshare', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc', 'sh', '-c', 'nginx -c "$1"; shift; exec "$@"', 'sh', at('nginx.conf'), ...keepalived]
  hosts[host] = spawn('ip', ['netns', 'exec', names[host]!, ...inside], { stdio: 'ignore' })
}

/** A program on the host that runs. */
function onHost(host: number, ...words: string[]): void {
  const [shell] = readFileSync(`/proc/${hosts[host]!.pid}/task/${hosts[host]!.pid}/children`, 'utf8').trim().split(' ')
  execFileSync('nsenter', ['--target', shell!, '--all', ...words], { stdio: 'ignore' })
}

real('site.yaml writes what keepalived takes, beside what is there', async () => {
  ip('netns', 'add', names[1]!)
  ip('-n', names[0]!, 'link', 'add', 'lan0', 'type', 'veth', 'peer', 'name', 'lan0', 'netns', names[1]!)
  for (const [index, name] of names.entries()) {
    ip('-n', name, 'addr', 'add', `192.0.2.${index + 1}/24`, 'dev', 'lan0')
    for (const link of ['lo', 'lan0']) ip('-n', name, 'link', 'set', link, 'up')
  }
  writeFileSync(site.path('hosts.yaml'), `all:
  vars: { ansible_connection: local, apim: { loadbalancer: { unit: '', keepalived: { address: ${ADDRESS}/24, interface: lan0 } } } }
  children:
    loadbalancer:
      hosts: { lb1: { lb_keepalived: ${JSON.stringify(directory(0))} }, lb2: { lb_keepalived: ${JSON.stringify(directory(1))} } }
`)
  // The test of the file looks for the network card.
  site.edit('playbooks/includes/keepalived.yaml', (text) => text.replace('setsid -w keepalived', `setsid -w ip netns exec ${names[0]} keepalived`))
  site.edit('playbooks/includes/loadbalancer.yaml', (text) => text.replace(/^lb_keepalived:.*\n/m, ''))
  writeFileSync(site.path('playbooks/only.yaml'), '- hosts: loadbalancer\n  gather_facts: false\n  vars_files: [includes/loadbalancer.yaml]\n  tasks:\n    - import_tasks: includes/keepalived.yaml\n')
  const run = await site.run('only.yaml', '-i', 'hosts.yaml')
  assert.equal(run.failures, [])
  assert.is(run.exit, 0, run.stderr)
  assert.equal((await site.run('only.yaml', '-i', 'hosts.yaml')).changed, [])
  const template = readFileSync(site.path('playbooks/templates/keepalived.conf.j2'), 'utf8')
  site.edit('playbooks/templates/keepalived.conf.j2', (text) => text.replace('advert_int', 'advertint'))
  assert.match((await site.run('only.yaml', '-i', 'hosts.yaml')).failures.join(), /Unknown keyword 'advertint'/)
  site.edit('playbooks/templates/keepalived.conf.j2', () => template)
  writeFileSync(join(directory(1), 'keepalived.conf'), '# mine\n')
  assert.match((await site.run('only.yaml', '-i', 'hosts.yaml')).failures.join(), /keepalived\.conf on lb2 is not ours, and stays as it is: add the line `include .*conf\.d\/\*\.conf`/)
  assert.is(readFileSync(join(directory(1), 'keepalived.conf'), 'utf8'), '# mine\n')
  writeFileSync(join(directory(1), 'keepalived.conf'), readFileSync(join(directory(0), 'keepalived.conf'), 'utf8').replaceAll(directory(0), directory(1)))
})

real('the address goes to the other host when nginx or the host is gone, and stays there when it is back', async () => {
  for (const host of [0, 1]) {
    writeFileSync(join(directory(host), 'nginx.conf'), `pid "${join(directory(host), 'nginx.pid')}"; error_log stderr; events { } http { access_log off; server { listen 8080; } }\n`)
    start(host)
    if (host === 0) await holds(0)
  }
  onHost(0, 'nginx', '-c', join(directory(0), 'nginx.conf'), '-s', 'stop')
  await holds(1)
  onHost(0, 'nginx', '-c', join(directory(0), 'nginx.conf'))
  await new Promise((resolve) => setTimeout(resolve, 4000))
  await holds(1)
  hosts[1]!.kill('SIGKILL')
  await holds(0)
})

test.after(async () => {
  for (const host of hosts) host.kill('SIGKILL')
  for (const name of names) spawnSync('ip', ['netns', 'del', name])
  rmSync(base, { recursive: true, force: true })
  rmSync(site.dir, { recursive: true, force: true })
})
test.run()
