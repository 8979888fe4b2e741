/** Step 5 by rsync and by NFS: what is configured, what a check can tell of it, and the script that copies. */
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Site } from './site.ts'

const rsync = spawnSync('rsync', ['--version']).status === 0 && spawnSync('flock', ['--version']).status === 0
if (!rsync) console.log('skipped in part: needs rsync and flock')
const suite = rsync ? test : test.skip

/** Programs that stand before the machine's: a crontab that is a file, and an ssh that stays here and notes its words. */
const programs = mkdtempSync(join(tmpdir(), 'aarun-sync-'))
const at = (name: string) => join(programs, name)
function program(name: string, text: string): void {
  writeFileSync(at(name), `#!/bin/sh\n${text}`)
  chmodSync(at(name), 0o755)
}
program('crontab', `case $1 in -l) cat '${at('tab')}' 2>/dev/null || { echo 'no crontab for user' >&2; exit 1; };; -) cat > '${at('tab')}';; *) cat "$1" > '${at('tab')}';; esac\n`)
program('ssh', `echo "$@" >> '${at('ssh.log')}'\nwhile [ "$1" = -o ]; do shift 2; done\nif [ "$1" = -l ]; then shift 2; fi\nshift\nexec sh -c "$*"\n`)
process.env.PATH = `${programs}${delimiter}${process.env.PATH}`

const byRsync = (model: string) => model.replace(/mode: "\{\{ 'none' if.*/, 'mode: rsync')
const site = await Site.make(byRsync)
const server = (node: 1 | 2, ...names: string[]) => join(site.home(node), 'repository/deployment/server', ...names)
const apis = 'synapse-configs/default/api'
const write = (path: string, text: string) => {
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, text)
}
const script = () => `${site.home(1)}/bin/sync-artifacts.sh`
const copy = () => spawnSync(script(), { encoding: 'utf8' })

test('rsync: a check of the whole site passes', async () => {
  const check = await site.run('site.yaml', '--check', '--diff')
  assert.equal(check.failures, [])
  assert.is(check.exit, 0, check.stderr)
  assert.not.ok(existsSync(at('tab')))
})

test('rsync: both nodes publish to node 1, and cron copies from there', async () => {
  for (const expected of [true, false]) {
    const run = await site.run('site.yaml', '-t', 'install,gateway,content-sync')
    assert.equal(run.failures, [])
    assert.is(run.changed.length > 0, expected, run.changed.join('\n'))
  }
  assert.match(readFileSync(site.toml(1), 'utf8'), 'service_url = "https://localhost:${mgt.transport.https.port}/services/"')
  assert.match(readFileSync(site.toml(2), 'utf8'), `service_url = "https://localhost:${9443 + site.offset}/services/"`)
  assert.match(readFileSync(at('tab'), 'utf8'), `* * * * * '${script()}' 2>&1 | logger -t sync-artifacts`)
  assert.not.ok(existsSync(join(site.home(2), 'bin/sync-artifacts.sh')))
})

suite('the script copies and deletes, but not what a node renders for itself', () => {
  write(server(1, apis, 'admin--One_v1.xml'), '<api name="One"/>\n')
  write(server(1, 'executionplans/plan.siddhiql'), 'plan\n')
  write(server(2, apis, 'admin--Gone_v1.xml'), '<api name="Gone"/>\n')
  const own = server(2, 'synapse-configs/default/inbound-endpoints/SecureWebSocketInboundEndpoint.xml')
  write(own, 'of node 2\n')
  const elsewhere = server(2, 'eventpublishers/own.xml')
  write(elsewhere, 'of node 2\n')
  const done = copy()
  assert.is(done.status, 0, done.stderr)
  assert.is(readFileSync(server(2, apis, 'admin--One_v1.xml'), 'utf8'), '<api name="One"/>\n')
  assert.is(readFileSync(server(2, 'executionplans/plan.siddhiql'), 'utf8'), 'plan\n')
  assert.not.ok(existsSync(server(2, apis, 'admin--Gone_v1.xml')))
  assert.is(readFileSync(own, 'utf8'), 'of node 2\n')
  assert.ok(existsSync(elsewhere))
  assert.match(readFileSync(at('ssh.log'), 'utf8'), /BatchMode=yes localhost rsync --server/)
})

suite('an empty or missing source deletes nothing', () => {
  for (const folder of ['synapse-configs', 'executionplans']) {
    renameSync(server(1, folder), server(1, 'away'))
    for (const empty of [false, true]) {
      if (empty) mkdirSync(server(1, folder))
      const done = copy()
      assert.is(done.status, 1)
      assert.match(done.stderr, new RegExp(`${folder} is empty or missing: nothing was copied`))
    }
    rmSync(server(1, folder), { recursive: true })
    renameSync(server(1, 'away'), server(1, folder))
  }
  assert.ok(existsSync(server(2, apis, 'admin--One_v1.xml')))
})

suite('only one copies at a time', async () => {
  const holder = spawn('flock', [join(site.home(1), 'repository/.sync-artifacts.lock'), 'sh', '-c', 'echo held; exec sleep 60'])
  await new Promise((resolve) => holder.stdout.once('data', resolve))
  write(server(1, apis, 'admin--Two_v1.xml'), '<api name="Two"/>\n')
  assert.is(copy().status, 0)
  assert.not.ok(existsSync(server(2, apis, 'admin--Two_v1.xml')))
  // flock is the parent of the program that holds the lock.
  const child = Number(readFileSync(`/proc/${holder.pid}/task/${holder.pid}/children`, 'utf8'))
  process.kill(child)
  await new Promise((resolve) => holder.once('exit', resolve))
  assert.is(copy().status, 0)
  assert.ok(existsSync(server(2, apis, 'admin--Two_v1.xml')))
})

suite('the other node out of reach is an error', () => {
  program('ssh', 'echo "ssh: connect to host localhost port 22: Connection refused" >&2; exit 255\n')
  const done = copy()
  assert.is.not(done.status, 0)
  assert.match(done.stderr, /Connection refused/)
})

test('nfs: a check plans the mount, the share and the links', async () => {
  site.edit('inventory/local/group_vars/all/apim.yaml', (text) =>
    text.replace('mode: rsync', 'mode: nfs\n    export: nfs.example.com:/export/apim'),
  )
  rmSync(site.local(), { recursive: true })
  const check = await site.run('site.yaml', '--check', '--diff')
  assert.equal(check.failures, [])
  assert.is(check.exit, 0, check.stderr)
  const plans = (node: string, task: string) => check.changed.some((line) => line.startsWith(node) && line.endsWith(task))
  // Both nodes are this one machine, where it would be mounted once.
  assert.ok(plans('node', 'Mount the NFS export'), check.changed.join('\n'))
  for (const node of ['node1 ', 'node2 ']) assert.ok(plans(node, 'Link the shared folders in'), check.changed.join('\n'))
  assert.match(check.text, /nfs\.example\.com:\/export\/apim/)
  assert.match(check.text, /rw,hard,noatime,nosuid,nodev,_netdev/)
  assert.not.ok(existsSync(site.local()))
})

test.after(() => {
  rmSync(site.dir, { recursive: true, force: true })
  rmSync(programs, { recursive: true, force: true })
})
test.run()
