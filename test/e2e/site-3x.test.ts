/** The main job on two nodes of this machine, API Manager 3.2: what an operator does with it in its first week. */
import { cpSync, existsSync, readFileSync, readlinkSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { freeOffset } from '../ports.ts'
import { Site } from './site.ts'

const site = await Site.make()
const clean = (ran: { changed: string[]; failures: string[]; exit: number; stderr: string }) => {
  assert.equal(ran.failures, [])
  assert.is(ran.exit, 0, ran.stderr)
  assert.equal(ran.changed, [])
}

test('check on an empty machine predicts what the run then changes, and leaves no trace', async () => {
  const before = site.treeHash()
  const check = await site.run('site.yaml', '--check', '--diff')
  assert.equal(check.failures, [])
  assert.is(check.exit, 0, check.stderr)
  assert.is(site.treeHash(), before)
  assert.not.ok(existsSync(site.local()))
  const run = await site.run('site.yaml')
  assert.equal(run.failures, [])
  assert.is(run.exit, 0, run.stderr)
  assert.equal(check.changed, run.changed)
})

test('a second run changes nothing, and asks little', async () => {
  const pids = [site.pid(1), site.pid(2)]
  const run = await site.run('site.yaml')
  clean(run)
  assert.equal([site.pid(1), site.pid(2)], pids)
})

test('check on the finished pair reports nothing and leaves every file as it was', async () => {
  const before = site.treeHash()
  const check = await site.run('site.yaml', '--check', '--diff')
  clean(check)
  assert.equal(check.unknown, [])
  assert.is(site.treeHash(), before)
})

test('a key changed by hand on node 2: check shows that line, the run repairs it and restarts node 2 only', async () => {
  const pids = [site.pid(1), site.pid(2)]
  const good = readFileSync(site.toml(2), 'utf8')
  site.edit(site.toml(2), (text) => text.replace(/HttpsProtocols *= *"[^"]*"/, 'HttpsProtocols = "TLSv1"'))
  assert.is.not(readFileSync(site.toml(2), 'utf8'), good)
  const check = await site.run('site.yaml', '--check', '--diff')
  const diffs = check.events.flatMap((event) => (event.event === 'result' && event.host === 'node2' && !event.delegate ? event.changes.map((change) => change.diff ?? '') : []))
  const lines = diffs.join('\n').split('\n').filter((line) => /^[-+](?![-+])/.test(line) && /=/.test(line))
  // In the file itself, and in what the product will make of it.
  assert.is(lines.length, 4, diffs.join('\n'))
  assert.match(lines.slice(0, 2).join(), /HttpsProtocols = "TLSv1".*HttpsProtocols = "TLSv1.2,TLSv1.3"/)
  assert.match(lines.slice(2).join(), /-.*name="HttpsProtocols">TLSv1<.*\+.*name="HttpsProtocols">TLSv1\.2,TLSv1\.3</)
  const run = await site.run('site.yaml')
  assert.equal(run.failures, [])
  assert.equal(check.changed, run.changed)
  assert.ok(run.changed.every((line) => line.startsWith('node2 ')), run.changed.join('\n'))
  assert.is(readFileSync(site.toml(2), 'utf8'), good)
  assert.is(site.pid(1), pids[0])
  assert.is.not(site.pid(2), pids[1])
})

test('-t throttling touches nothing of the other steps', async () => {
  const good = readFileSync(site.toml(1), 'utf8')
  site.edit(site.toml(1), (text) => text.replace(/^event_duplicate_url *= *\[[^\]]*\]/m, 'event_duplicate_url = []').replace(/server *= *"none"/, 'server = "mine"'))
  const run = await site.run('site.yaml', '-t', 'throttling')
  assert.equal(run.failures, [])
  const now = readFileSync(site.toml(1), 'utf8')
  assert.match(now, /server *= *"mine"/)
  assert.is(now.replace(/server *= *"mine"/, 'server = "none"'), good)
  assert.ok(run.changed.every((line) => line.includes('throttling.yaml')), run.changed.join('\n'))
  await site.run('site.yaml')
  assert.is(readFileSync(site.toml(1), 'utf8'), good)
})

test('a jar of the same size and other content on node 2 is found by its name', async () => {
  for (const node of [1, 2] as const) writeFileSync(join(site.home(node), 'repository/components/lib/patch.jar'), `patch ${node}`)
  const run = await site.run('site.yaml', '-t', 'second-node')
  assert.match(run.failures.join('\n'), /the packs of node1 and node2 differ in lib\/patch\.jar: bring all to the same release and update level/)
  for (const node of [1, 2] as const) rmSync(join(site.home(node), 'repository/components/lib/patch.jar'))
})

test('verify proves it, and a folder of node 2 that is no link into the share is found out', async () => {
  const verify = await site.run('verify.yaml')
  assert.equal(verify.failures, [])
  assert.is(verify.exit, 0)
  const folder = join(site.home(2), 'repository/deployment/server/synapse-configs')
  const share = readlinkSync(folder)
  unlinkSync(folder)
  cpSync(share, folder, { recursive: true })
  const broken = await site.run('verify.yaml', '-t', 'verify-sync')
  assert.is(broken.exit, 2)
  const found = broken.failures.at(-1) ?? ''
  assert.match(found, /node1 answers 404 to an API that node2 has published: its synapse-configs must be the link into .*shared \(step 'content-sync'\)/)
  assert.match(found, /node2 answers 404 to an API that node1 has published/)
  rmSync(folder, { recursive: true })
  symlinkSync(share, folder)
})

test('analytics: two workers and a dashboard are set up, and have the calls of both nodes', async () => {
  const home = (name: string) => `{{ apim_local.directory }}/${name}/wso2am-analytics-3.2.0`
  const offset = await freeOffset([7444, 7445, 7612, 7613, 7712, 7713, 9643], 1000, 20_000)
  site.edit('inventory/local/hosts.yaml', (text) =>
    `${text}    analytics:\n      hosts:\n` +
    `        worker1: { analytics_node: { address: localhost, worker: true, dashboard: true, offset: ${offset}, home: "${home('worker1')}" } }\n` +
    `        worker2: { analytics_node: { address: localhost, worker: true, offset: ${offset + 1}, home: "${home('worker2')}" } }\n`,
  )
  const database = "database: { name: analytics_db, user: analytics, password: a-password-of-its-own }"
  site.edit('inventory/local/group_vars/all/apim.yaml', (text) =>
    text.replace('analytics:\n    enabled: false', `analytics:\n    enabled: true\n    pack: [${site.dir}/lab/pack, ${site.dir}/lab/analytics]\n    ${database}`),
  )
  const run = await site.run('site.yaml', '-t', 'throttling,analytics,start')
  assert.equal(run.failures, [])
  const verify = await site.run('verify.yaml', '-t', 'verify-analytics')
  assert.equal(verify.failures, [])
  assert.match(verify.text, /ok +an event of a call arrives/)
  const again = await site.run('site.yaml', '-t', 'analytics')
  assert.equal([again.failures, again.changed], [[], []])
})

test('teardown leaves nothing behind', async () => {
  const pids = [site.pid(1), site.pid(2)]
  const down = await site.run('teardown.yaml')
  assert.equal(down.failures, [])
  assert.not.ok(existsSync(site.local()))
  for (const pid of pids) assert.throws(() => process.kill(pid, 0))
})

test.after(async () => {
  await site.remove()
})
test.run()
