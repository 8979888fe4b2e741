/** Step 5 by rsync and by NFS: what is configured, what a check can tell of it, and the script that copies. */
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { program } from '../program.ts'
import { startSshd, whyNoSshd } from '../remote/sshd.ts'
import { Site } from './site.ts'

const missing = whyNoSshd() ?? ['rsync', 'flock'].find((name) => spawnSync(name, ['--version']).status !== 0)
if (missing) console.log(`skipped in part: ${missing}`)
const suite = missing ? test.skip : test

/** A crontab that is a file stands before the machine's. */
const programs = mkdtempSync(join(tmpdir(), 'aarun-sync-'))
const at = (name: string) => join(programs, name)
writeFileSync(at('crontab'), `#!/bin/sh\ncase $1 in -l) cat '${at('tab')}' 2>/dev/null || { echo 'no crontab for user' >&2; exit 1; };; *) cat > '${at('tab')}';; esac\n`)
chmodSync(at('crontab'), 0o755)
process.env.PATH = `${programs}${delimiter}${process.env.PATH}`

/** The sshd of node 2, which knows as host key and as authorized keys only its own. */
const server = missing ? undefined : await startSshd()
if (server) copyFileSync(join(server.directory, 'host_key.pub'), at('ssh_host_ed25519_key.pub'))
const authorized = join(server?.directory ?? programs, 'authorized_keys')
const settings = `port: ${server?.port}\n    authorized_keys: ${authorized}\n    host_keys: ${programs}\n    alarm: [${at('alarm')}, to operators]`
writeFileSync(at('alarm'), `#!/bin/sh\necho "$@" >> '${at('alarms')}'\n`)
chmodSync(at('alarm'), 0o755)

const site = await Site.make((model) => model.replace(/mode: "\{\{ 'none' if.*/, `mode: rsync\n    ${settings}`))
const repository = (node: 1 | 2, ...names: string[]) => join(site.home(node), 'repository', ...names)
const deployed = (node: 1 | 2, ...names: string[]) => repository(node, 'deployment/server', ...names)
const apis = 'synapse-configs/default/api'
const write = (path: string, text: string) => {
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, text)
}
const sync = (...names: string[]) => join(site.home(1), '.content-sync', ...names)
const status = () => Object.fromEntries(readFileSync(sync('status'), 'utf8').trim().split('\n').map((line) => line.split('=')))
const script = () => `${site.home(1)}/bin/sync-artifacts.sh`
const copy = () => spawnSync(script(), { encoding: 'utf8' })
const ssh = (...words: string[]) => spawnSync('ssh', ['-F', 'config', 'node2', ...words], { cwd: sync(), encoding: 'utf8' })
/** Another mode, and what it needs. */
const mode = (name: string, more = '') => site.edit('inventory/local/group_vars/all/apim.yaml', (text) => text.replace(/^ {4}(mode|mount|export): .*\n/gm, '').replace('  content_sync:\n', `  content_sync:\n    mode: ${name}\n${more && `    ${more}\n`}`))
/** Runs something in a namespace of its own, in which a directory is mounted. */
const mountedAt = (point: string, program: string, env = {}) => {
  mkdirSync(point, { recursive: true })
  return spawnSync('unshare', ['-m', 'sh', '-c', 'mount -t tmpfs tmpfs "$1" && exec "$2"', 'sh', point, program], { encoding: 'utf8', env: { ...process.env, ...env } })
}

test('rsync: a check of the whole site passes', async () => {
  const check = await site.run('site.yaml', '--check', '--diff')
  assert.equal(check.failures, [])
  assert.is(check.exit, 0, check.stderr)
  assert.not.ok(existsSync(at('tab')))
})

suite('rsync: both nodes publish to node 1, the first copy is made, and cron copies from there', async () => {
  for (const expected of [true, false]) {
    const run = await site.run('site.yaml', '-t', 'install,gateway,content-sync')
    assert.equal(run.failures, [])
    assert.is(run.changed.length > 0, expected, run.changed.join('\n'))
    assert.is(status().result, 'ok')
  }
  assert.match(readFileSync(site.toml(1), 'utf8'), 'service_url = "https://localhost:${mgt.transport.https.port}/services/"')
  assert.match(readFileSync(site.toml(2), 'utf8'), `service_url = "https://localhost:${9443 + site.offset}/services/"`)
  assert.match(readFileSync(at('tab'), 'utf8'), `* * * * * { '${script()}' || '${site.home(1)}/bin/sync-alarm.sh'; } 2>&1 | logger -t sync-artifacts`)
  assert.not.ok(existsSync(join(site.home(2), 'bin/sync-artifacts.sh')))
  assert.not.ok(existsSync(join(site.home(2), '.content-sync')))
  assert.is(statSync(sync('node2')).mode & 0o777, 0o600)
})

suite('its key does nothing else on node 2, and only the host that was read is trusted', () => {
  const lines = readFileSync(authorized, 'utf8').trim().split('\n')
  assert.is(lines.length, 2)
  assert.match(lines[1]!, /^restrict,command="'.*receive-artifacts\.sh'" ssh-ed25519 \S+ apim content sync node1 to node2$/)
  for (const [words, says] of [
    [[], 'only a copy of artifacts'],
    [['id'], 'only a copy of artifacts'],
    [['rsync --server --sender -logDtpre.iLsfxCIvu . tenants/'], 'flags of rsync'],
    [['rsync --server -tpre.iLsfxCIvu . /etc/'], 'not one of the folders'],
    [['rsync --server -tpre.iLsfxCIvu . deployment/server/synapse-configs/../'], 'not one of the folders'],
    [['rsync --server -tpre.iLsfxCIvu --log-file=/tmp/x . tenants/'], 'an option of rsync'],
    [['rsync --server -s'], 'only a copy of artifacts'],
    [['rsync --server -tpre.iLsfxCIvu . tenants/ /etc/'], 'an option of rsync'],
    [['rsync --server -tpre.iLsfxCIvu . tenants/;id'], 'not one of the folders'],
  ] as const) {
    const asked = ssh(...words)
    assert.is(asked.status, 1, words.join(' '))
    assert.match(asked.stderr, says)
    assert.is(asked.stdout, '')
  }
  const known = readFileSync(sync('known_hosts'), 'utf8')
  writeFileSync(sync('known_hosts'), known.replace(/AAAA\S+/, readFileSync(join(server!.directory, 'stranger.pub'), 'utf8').split(' ')[1]!))
  assert.is(copy().status, 1)
  assert.match(copy().stderr, 'Host key verification failed')
  writeFileSync(sync('known_hosts'), known)
})

suite('the script copies and deletes, but not what a node renders for itself', () => {
  write(deployed(1, apis, 'admin--One_v1.xml'), '<api name="One"/>\n')
  write(deployed(1, 'executionplans/plan.siddhiql'), 'plan\n')
  write(deployed(2, apis, 'admin--Gone_v1.xml'), '<api name="Gone"/>\n')
  const own = deployed(2, 'synapse-configs/default/inbound-endpoints/SecureWebSocketInboundEndpoint.xml')
  write(own, 'of node 2\n')
  const elsewhere = deployed(2, 'eventpublishers/own.xml')
  write(elsewhere, 'of node 2\n')
  const done = copy()
  assert.is(done.status, 0, done.stderr)
  assert.is(readFileSync(deployed(2, apis, 'admin--One_v1.xml'), 'utf8'), '<api name="One"/>\n')
  assert.is(readFileSync(deployed(2, 'executionplans/plan.siddhiql'), 'utf8'), 'plan\n')
  assert.not.ok(existsSync(deployed(2, apis, 'admin--Gone_v1.xml')))
  assert.is(readFileSync(own, 'utf8'), 'of node 2\n')
  assert.ok(existsSync(elsewhere))
  assert.is(status().result, 'ok')
  assert.is(status().failures, '0')
})

suite('of a tenant what is shared is copied, and no tenant is deleted', () => {
  write(repository(1, 'tenants/1', apis, 'a--Of_v1.xml'), 'one\n')
  write(repository(1, 'tenants/1/webapps/own'), 'of node 1\n')
  write(repository(2, 'tenants/1', apis, 'a--Gone_v1.xml'), 'gone\n')
  write(repository(2, 'tenants/1/webapps/other'), 'of node 2\n')
  write(repository(2, 'tenants/2', apis, 'b--Of_v1.xml'), 'loaded by node 2 only\n')
  const done = copy()
  assert.is(done.status, 0, done.stderr)
  assert.is(readFileSync(repository(2, 'tenants/1', apis, 'a--Of_v1.xml'), 'utf8'), 'one\n')
  assert.not.ok(existsSync(repository(2, 'tenants/1', apis, 'a--Gone_v1.xml')))
  assert.ok(existsSync(repository(2, 'tenants/1/webapps/other')))
  assert.not.ok(existsSync(repository(2, 'tenants/1/webapps/own')))
  assert.ok(existsSync(repository(2, 'tenants/2', apis, 'b--Of_v1.xml')))
})

suite('an empty or missing source deletes nothing', () => {
  for (const folder of ['synapse-configs', 'executionplans']) {
    renameSync(deployed(1, folder), deployed(1, 'away'))
    for (const empty of [false, true]) {
      if (empty) mkdirSync(deployed(1, folder))
      const done = copy()
      assert.is(done.status, 1)
      assert.match(done.stderr, new RegExp(`${folder} is empty or missing: nothing was copied`))
    }
    rmSync(deployed(1, folder), { recursive: true })
    renameSync(deployed(1, 'away'), deployed(1, folder))
  }
  assert.ok(existsSync(deployed(2, apis, 'admin--One_v1.xml')))
})

suite('nothing is deleted through a mount point or a link, on either side', () => {
  for (const point of [deployed(1, 'synapse-configs/default/below'), deployed(1, 'executionplans'), deployed(1)]) {
    const done = mountedAt(point, script())
    assert.is(done.status, 1)
    assert.match(done.stderr, /mounted or a link|empty or missing/)
  }
  rmSync(deployed(1, 'synapse-configs/default/below'), { recursive: true })
  const receive = join(site.home(2), 'bin/receive-artifacts.sh')
  const asked = { SSH_ORIGINAL_COMMAND: 'rsync --server -tpre.iLsfxCIvu --delete-after . deployment/server/synapse-configs/' }
  for (const point of [deployed(2, apis), deployed(2, 'synapse-configs'), deployed(2)]) {
    const done = mountedAt(point, receive, asked)
    assert.is(done.status, 1)
    assert.match(done.stderr, 'mounted or a link')
  }
  renameSync(deployed(2, 'executionplans'), at('share'))
  symlinkSync(at('share'), deployed(2, 'executionplans'))
  const done = copy()
  assert.is(done.status, 1)
  assert.match(done.stderr, 'executionplans is mounted or a link')
  assert.ok(existsSync(at('share/plan.siddhiql')))
  unlinkSync(deployed(2, 'executionplans'))
  renameSync(at('share'), deployed(2, 'executionplans'))
})

suite('only one copies at a time, the next in turn', async () => {
  assert.ok(existsSync(sync()))
  const holder = spawn('flock', [sync('lock'), 'sh', '-c', 'echo held; exec cat'], { stdio: ['pipe', 'pipe', 'inherit'] })
  await new Promise((resolve) => holder.stdout.once('data', resolve))
  write(deployed(1, apis, 'admin--Two_v1.xml'), '<api name="Two"/>\n')
  const waiting = spawn(script(), { stdio: ['ignore', 'inherit', 'inherit'] })
  await new Promise((resolve) => setTimeout(resolve, 300))
  assert.not.ok(existsSync(deployed(2, apis, 'admin--Two_v1.xml')))
  holder.stdin.end()
  assert.is(await new Promise((resolve) => waiting.once('exit', resolve)), 0)
  assert.ok(existsSync(deployed(2, apis, 'admin--Two_v1.xml')))
})

suite('the other node out of reach is an error, and a lasting one gives alarm', async () => {
  const good = status().last_success
  const config = readFileSync(sync('config'), 'utf8')
  // A port on which nobody listens.
  writeFileSync(sync('config'), config.replace(`Port ${server!.port}`, 'Port 1'))
  for (const failures of [1, 2, 3, 4]) {
    const done = copy()
    assert.is(done.status, 1)
    assert.match(done.stderr, /Connection refused/)
    assert.is(status().result, 'failed')
    assert.is(status().last_success, good)
    assert.is(status().failures, String(failures))
    spawnSync(join(site.home(1), 'bin/sync-alarm.sh'))
    assert.is(existsSync(at('alarms')), failures >= 3)
  }
  assert.is(readFileSync(at('alarms'), 'utf8'), "to operators API Manager's artifacts are not copied from node1 (3 in a row)\n")
  writeFileSync(sync('config'), config)
  // A run finds the last copy failed, and makes one.
  const run = await site.run('site.yaml', '-t', 'content-sync')
  assert.equal(run.failures, [])
  assert.equal(run.changed.map((line) => line.replace(/^.* /, '')), ['it'])
  assert.is(status().result, 'ok')
})

suite('another node first, and APIs by the database: the former one no longer copies, or it would take away what is new', async () => {
  site.edit('inventory/local/hosts.yaml', (text) => text.replace('        node1:\n        node2:\n', '        node2:\n        node1:\n'))
  mode('database')
  const run = await site.run('site.yaml', '-t', 'content-sync')
  assert.equal(run.failures, [])
  const tab = readFileSync(at('tab'), 'utf8')
  assert.match(tab, `${site.home(2)}/bin/sync-artifacts.sh`)
  assert.not.match(tab, script())
  assert.not.ok(existsSync(sync()))
  assert.not.ok(existsSync(join(site.home(2), 'bin/receive-artifacts.sh')))
  for (const node of [1, 2] as const) {
    const toml = readFileSync(site.toml(node), 'utf8')
    assert.match(toml, /\[apim\.sync_runtime_artifacts\.publisher\]\nartifact_saver = "DBSaver"\npublish_directly_to_gateway = false\n/)
    assert.match(toml, /\[apim\.sync_runtime_artifacts\.gateway\]\ngateway_labels = \["Production and Sandbox"\]\n/)
  }
  const text = readFileSync(`${site.home(2)}/bin/sync-artifacts.sh`, 'utf8')
  assert.match(text, 'folders=(deployment/server/executionplans deployment/server/userstores tenants)')
  assert.not.match(text, '/*/synapse-configs/')
})

suite('mount: any file system takes the place of the folders, and hides nothing', () => {
  mode('mount', 'mount: { fstype: tmpfs, src: aarun-test, opts: "size=8m,nosuid,nodev" }')
  // With mounts and an /etc of its own.
  const etc = mkdtempSync(join(tmpdir(), 'aarun-etc-'))
  const [command, ...words] = program
  const script = `run() { shift; "$@"; echo "exit=$?"; }
cp -a /etc/. "$1" && mount --bind "$1" /etc || exit
mkdir -p '${site.local('shared')}' && touch '${site.local('shared/precious')}'
run "$@"
rm '${site.local('shared/precious')}'
run "$@"; run "$@"
grep aarun-test /etc/fstab; findmnt -n -o FSTYPE,OPTIONS '${site.local('shared')}'
ls -A '${site.local('shared')}' '${site.local('shared')}/synapse-configs/default/api'
readlink '${deployed(1, 'synapse-configs')}' '${repository(2, 'tenants')}'`
  const done = spawnSync('unshare', ['-m', 'sh', '-c', script, 'sh', etc, command, ...words, 'playbooks/site.yaml', '-t', 'content-sync'], { cwd: site.dir, encoding: 'utf8' })
  rmSync(etc, { recursive: true, force: true })
  const [refused = "", first = "", second = "", after = ""] = done.stdout.split(/exit=\d+\n/)
  assert.match(refused, /shared of node\d is not mounted and not empty: precious would be hidden by the share/)
  assert.match(refused, /changed=0 .*\n.*changed=0 /)
  assert.match(first, /TASK \[Mount the share\] \*+\n(ok: \[node\d\]\n)?changed: \[node\d\]\n(ok: \[node\d\]\n)?\n*TASK/)
  assert.match(second, /changed=0 .*failed=0.*\n.*changed=0 .*failed=0/)
  assert.match(after, /^aarun-test .* tmpfs size=8m,nosuid,nodev 0 0$/m)
  assert.match(after, /^tmpfs +rw,nosuid,nodev/m)
  for (const name of ['.apim-share', 'executionplans', 'tenants', 'admin--One_v1.xml']) assert.match(after, name)
  assert.match(after, `${site.local('shared/synapse-configs')}\n${site.local('shared/tenants')}\n`)
  // What had copied is gone, and what was mounted with the namespace.
  assert.not.match(readFileSync(at('tab'), 'utf8'), 'sync-artifacts')
  assert.not.ok(existsSync(site.local('shared/.apim-share')))
})

test('nfs: a check plans the mount, the share and the links', async () => {
  mode('nfs', 'export: nfs.example.com:/export/apim')
  rmSync(site.local(), { recursive: true, force: true })
  // There is no such server, and preflight would say so.
  const check = await site.run('site.yaml', '--check', '--diff', '--skip-tags', 'preflight')
  assert.equal(check.failures, [])
  assert.is(check.exit, 0, check.stderr)
  const plans = (node: string, task: string) => check.changed.some((line) => line.startsWith(node) && line.endsWith(task))
  // Both nodes are this one machine, where it would be mounted once.
  assert.ok(plans('node', 'Mount the share'), check.changed.join('\n'))
  for (const node of ['node1 ', 'node2 ']) assert.ok(plans(node, 'Link the shared folders in'), check.changed.join('\n'))
  assert.match(check.text, /nfs\.example\.com:\/export\/apim/)
  assert.match(check.text, /rw,hard,noatime,nosuid,nodev,_netdev/)
  assert.not.ok(existsSync(site.local()))
})

test.after(() => {
  server?.stop()
  rmSync(site.dir, { recursive: true, force: true })
  rmSync(programs, { recursive: true, force: true })
})
test.run()
