/** The program as npm installs it, and its upgrade under a pair that runs: what was generated is the user's, and stays. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { completePackage, type Ended, Installed, pack } from './installed.ts'
import { Site } from './site.ts'

// The package is made from the site's copy, in which the ports are free ones.
const site = await Site.make()
site.edit('inventory/local/group_vars/all/apim.yaml', (text) => text.replaceAll(site.dir, '{{ aarun_package_dir }}'))
completePackage(site.dir)
const aarun = new Installed(site.path('prefix'))
const work = site.path('work')
mkdirSync(work)

/** Where the pair is now; it moves in these tests. */
let state = join(work, '.aarun/local')
const inside = join(aarun.home, '.aarun/local')
const gateway = site.ports.gateway

const secrets = () => readdirSync(join(state, 'secrets')).filter((name) => !['tls', 'keys'].includes(name)).map((name) => `${name}: ${readFileSync(join(state, 'secrets', name), 'utf8')}`)
const pids = () => [1, 2].map((node) => Number(readFileSync(join(state, `node${node}/wso2am-3.2.0/wso2carbon.pid`), 'latin1').replace(/[^0-9]/g, '')))
const alive = (pid: number) => existsSync(`/proc/${pid}`)

/** The sample API, through the load balancer; at once, or within a minute and a half. */
async function answers(...retry: string[]): Promise<void> {
  const { stdout } = await execa('curl', [...retry, '--silent', '--show-error', '--fail', '--max-time', '20', '--cacert', join(state, 'secrets/tls/apim.pem'), `https://localhost:${gateway}/hello/1.0`])
  assert.match(stdout, 'stand-in')
}

/** A 3.2 gateway that does not find its share for a moment takes its APIs back, and deploys them when it is there again. */
const recovering = ['--retry', '90', '--retry-delay', '1', '--retry-max-time', '90', '--retry-all-errors']

function succeeded(ran: Ended): void {
  assert.equal(ran.failures, [])
  assert.is(ran.exit, 0, ran.stderr)
}

let first: string
let second: string
let before: { secrets: string[]; pids: number[] }

test('two versions are packed', async () => {
  first = await pack(site.dir, '0.1.1')
  second = await pack(site.dir, '0.1.2')
})

test('the first version runs the pair from an empty directory, and says which files it took', async () => {
  const done = await aarun.install(first)
  assert.is(done.exitCode, 0, done.all)
  // But compiled code, which is made again at any time.
  const files = () => readdirSync(aarun.home, { recursive: true }).map(String).filter((name) => !name.startsWith('dist/.code')).sort()
  const installed = files()
  const run = await aarun.run(work, 'site.yaml')
  succeeded(run)
  assert.match(run.stderr, `playbooks/site.yaml is not in this directory: taking ${join(aarun.home, 'playbooks/site.yaml')}`)
  assert.match(run.stderr, `inventory/local is not in this directory: taking ${join(aarun.home, 'inventory/local')}`)
  assert.equal(files(), installed)
  assert.is(statSync(join(state, 'secrets')).mode & 0o777, 0o700)
  before = { secrets: secrets(), pids: pids() }
  // The key of 4.7 too: the model is checked as a whole.
  assert.is(before.secrets.length, 7)
  await answers()
})

test('an upgrade under the running pair: nothing is to be changed', async () => {
  const done = await aarun.install(second)
  assert.is(done.exitCode, 0, done.all)
  assert.is((await aarun.cli(work, '--version')).stdout, '0.1.2')
  assert.ok(before.pids.every(alive))
  const run = await aarun.run(work, 'site.yaml')
  succeeded(run)
  assert.equal(run.changed, [])
  assert.equal({ secrets: secrets(), pids: pids() }, before)
  await answers()
})

test('an owned copy where the deployment was begun goes on with it', async () => {
  const done = await aarun.cli(work, 'init', '.')
  assert.is(done.exitCode, 0, done.stderr)
  const run = await aarun.run(work, 'site.yaml')
  succeeded(run)
  assert.is(run.stderr, '')
  assert.equal(run.changed, [])
  assert.equal({ secrets: secrets(), pids: pids() }, before)
  for (const name of ['inventory', 'playbooks']) rmSync(join(work, name), { recursive: true })
})

/** As the message of an old place says: stop, move, leave a link. */
async function move(to: string): Promise<void> {
  succeeded(await aarun.run(work, 'teardown.yaml', '--skip-tags', 'remove', '-e', `apim_state='${state}'`))
  assert.ok(before.pids.every((pid) => !alive(pid)))
  mkdirSync(join(to, '..'), { recursive: true })
  renameSync(state, to)
  symlinkSync(to, state)
}

test('a deployment inside of the package, where it was kept once: no playbook begins anew', async () => {
  await move(inside)
  succeeded(await aarun.run(work, 'site.yaml', '-e', `apim_state='${inside}'`))
  rmSync(state)
  for (const playbook of ['site', 'verify', 'rolling-restart', 'teardown']) {
    const run = await aarun.run(work, `${playbook}.yaml`, '--limit', 'node2')
    assert.is(run.exit, 2, run.stderr)
    assert.is(run.failures.length, 1, run.failures.join('\n'))
    assert.match(run.failures[0] as string, `passwords and keys are in ${inside}`)
    assert.match(run.failures[0] as string, `begin anew in ${state}`)
    assert.match(run.failures[0] as string, `-e '{"apim_state": "${inside}"}'`)
    assert.equal(run.changed, [])
  }
  assert.not.ok(existsSync(state))
})

test('it goes on in the old place when that is named', async () => {
  state = inside
  const run = await aarun.run(work, 'site.yaml', '-e', `apim_state='${inside}'`)
  succeeded(run)
  assert.equal(run.changed, [])
  assert.equal(secrets(), before.secrets)
  before = { secrets: secrets(), pids: pids() }
})

test('an upgrade that would delete it is refused, and the pair goes on', async () => {
  const done = await aarun.install(first)
  assert.is.not(done.exitCode, 0)
  assert.match(done.all, `passwords and keys of a deployment are in ${inside}`)
  assert.is(aarun.version, '0.1.2')
  assert.equal({ secrets: secrets(), pids: pids() }, before)
  assert.ok(before.pids.every(alive))
  await answers(...recovering)
})

test('moved out with a link left behind, it goes on through the upgrade, until it is started where it is now', async () => {
  const place = join(work, '.aarun/local')
  renameSync(inside, place)
  symlinkSync(place, inside)
  state = place
  const done = await aarun.install(first)
  assert.is(done.exitCode, 0, done.all)
  assert.is(aarun.version, '0.1.1')
  assert.ok(before.pids.every(alive))
  await answers(...recovering)
  succeeded(await aarun.run(work, 'teardown.yaml', '--skip-tags', 'remove', '-e', `apim_state='${inside}'`))
  assert.ok(before.pids.every((pid) => !alive(pid)))
  succeeded(await aarun.run(work, 'site.yaml'))
  assert.equal(secrets(), before.secrets)
  rmSync(inside)
  const again = await aarun.run(work, 'site.yaml')
  succeeded(again)
  assert.equal(again.changed, [])
  await answers()
})

test('teardown removes all of it', async () => {
  const running = pids()
  succeeded(await aarun.run(work, 'teardown.yaml'))
  assert.not.ok(existsSync(state))
  assert.ok(running.every((pid) => !alive(pid)))
})

test('the program refuses to keep anything inside of itself', async () => {
  const run = await aarun.run(aarun.home, 'site.yaml')
  assert.is(run.exit, 2, run.stderr)
  assert.match(run.failures.join(), /would be kept in .*, inside of the program, and an upgrade of it deletes\s+all of that/)
  assert.equal(run.changed, [])
})

test.after(async () => {
  // Wherever a test that failed has left it.
  if (existsSync(state)) await aarun.run(work, 'teardown.yaml', '-e', `apim_state='${state}'`)
  rmSync(site.dir, { recursive: true, force: true })
})
test.run()
