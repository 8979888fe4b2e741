/** What goes wrong around a pair that runs: each time one message that says what and what to do, and nothing is changed. */
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { basename, join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { root } from '../program.ts'
import { type Ran, Site } from './site.ts'

const site = await Site.make()
const model = 'inventory/local/group_vars/all/apim.yaml'
const isRoot = process.getuid?.() === 0

/** The run failed, before it changed anything, and said this (once for each host that is named). */
function refused(ran: Ran, hosts: string[], message: RegExp): void {
  assert.is(ran.exit, 2, ran.stderr)
  assert.equal(ran.changed, [])
  assert.equal(ran.failures.map((line) => line.split(' ')[0]).sort(), hosts, ran.failures.join('\n'))
  for (const failure of ran.failures) assert.match(failure, message)
}

/** Runs a program as somebody who is not root. */
function asUser(user: string, ...words: string[]): string[] {
  return isRoot ? ['setpriv', `--reuid=${user}`, '--clear-groups', '--inh-caps=+dac_read_search', '--ambient-caps=+dac_read_search', ...words] : words
}

test('the pair is set up', async () => {
  const run = await site.run('site.yaml')
  assert.equal(run.failures, [])
})

test('a stopped database: no server is started without it, and its step starts it again', async () => {
  const base = '/usr/lib/postgresql'
  const programs = readdirSync(base).sort((a, b) => Number(b) - Number(a)).map((version) => join(base, version, 'bin/pg_ctl'))
  const [program, ...words] = asUser('postgres', programs.find((path) => existsSync(path)) as string, 'stop', '--mode', 'fast', '--pgdata', site.local('postgresql/data')) as [string, ...string[]]
  execFileSync(program, words, { stdio: 'ignore', cwd: '/' })
  const port = site.ports.database
  const what = new RegExp(`no database answers on 127\\.0\\.0\\.1:${port}: start it \\(aarun playbooks/site\\.yaml -t database starts .*\\), then run this again`)
  refused(await site.run('site.yaml', '-t', 'start'), ['node1'], what)
  process.kill(site.pid(1), 'SIGKILL')
  refused(await site.run('site.yaml', '-t', 'start'), ['node1'], what)
  const database = await site.run('site.yaml', '-t', 'database')
  assert.equal(database.failures, [])
  assert.is(database.changed.length, 1, database.changed.join('\n'))
  assert.match(database.changed[0] as string, /^db .*database\.yaml:\d+ Start it$/)
  const start = await site.run('site.yaml', '-t', 'start')
  assert.equal(start.failures, [])
  assert.match(start.changed.join(), /^node1 [^,]*Start, and wait until the node is ready$/)
})

test('a keystore password in the model that is not that of the keystore', async () => {
  let before = ''
  site.edit(model, (text) => (before = text).replace('keystore_password: "{{ apim_secrets.keystore }}"', 'keystore_password: another-one'))
  try {
    const ran = await site.run('site.yaml', '-t', 'certificate')
    refused(ran, ['node1', 'node2'], /the password of .*\/apim\.jks is not right: give the one that opens it/)
    assert.not.match(ran.text, /another-one/)
  } finally {
    site.edit(model, () => before)
  }
  const again = await site.run('site.yaml', '-t', 'certificate')
  assert.equal([again.failures, again.changed], [[], []])
})

for (const port of [9443, 8243, 5672]) {
  test(`somebody else on the port of node 2 that is normally ${port}`, async () => {
    if (existsSync(`/proc/${site.pid(2)}`)) process.kill(site.pid(2), 'SIGKILL')
    while (existsSync(`/proc/${site.pid(2)}`)) await new Promise((resolve) => setTimeout(resolve, 50))
    const used = port + site.offset + 1
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(used, '0.0.0.0', resolve))
    const ran = await site.run('site.yaml', '-t', 'start')
    await new Promise((resolve) => other.close(resolve))
    refused(ran, ['node2'], new RegExp(`port ${used} is already used by another process.*stop that, or choose another offset`))
  })
}

test('with the port free again the node starts', async () => {
  const run = await site.run('site.yaml')
  assert.equal(run.failures, [])
  assert.match(run.changed.join(), /^node2 [^,]*Start, and wait until the node is ready$/)
})

test('programs that are missing, and nobody to install them: one message for all hosts, and nothing is made', async () => {
  const other = await Site.make()
  try {
    const home = join(other.dir, 'aarun')
    for (const name of ['src', 'tasks', 'package.json']) cpSync(join(root, name), join(home, name), { recursive: true })
    cpSync(join(root, 'node_modules'), join(home, 'node_modules'), { recursive: true, verbatimSymlinks: true, filter: (path) => !/node_modules\/(@biomejs|typescript|\.cache)(\/|$)/.test(path) })
    plainPrograms(other.path('bin'))
    if (isRoot) execFileSync('chown', ['-R', 'nobody', other.dir])
    const environment = ['env', '-i', `PATH=${other.path('bin')}`, `HOME=${other.dir}`, `TMPDIR=${other.dir}`]
    const command = [...environment, process.execPath, '--import', join(home, 'node_modules/tsx/dist/loader.mjs'), join(home, 'src/cli/main.ts'), 'playbooks/site.yaml', '--output', 'plain']
    const [program, ...words] = (isRoot ? ['setpriv', '--reuid=nobody', '--regid=nogroup', '--clear-groups', ...command] : command) as [string, ...string[]]
    const ran = spawnSync(program, words, { cwd: other.dir, encoding: 'utf8' })
    assert.is(ran.status, 2, ran.stdout + ran.stderr)
    const failures = ran.stdout.split('\n').filter((line) => /^(fatal|failed):/.test(line))
    assert.is(failures.length, 1, ran.stdout)
    assert.match(failures[0] as string, /(one thing stands|\d+ things stand) in the way of this run; nothing was changed:$/)
    assert.match(ran.stdout, /- node1, node2: lacks .*javac, java, keytool, openssl.*As root: apt-get install [a-z0-9 -]*default-jdk-headless[a-z0-9 -]* openssl/)
    assert.not.match(ran.stdout, /^changed:/m)
    // Passwords are made up when the model is checked; nothing else is.
    assert.equal(readdirSync(other.local()), ['secrets'])
    assert.not.ok(existsSync(other.local('secrets/tls')))
  } finally {
    execFileSync('rm', ['-rf', other.dir])
  }
})

/** A directory with the programs of a small system, and no others. */
function plainPrograms(directory: string): void {
  mkdirSync(directory)
  const names = 'sh cat chgrp chmod chown cp cut date dirname env find getent grep head hostname id ln ls mkdir mktemp mv ps pwd readlink rm sed sha256sum sleep sort stat tail tar timeout touch tr true uname wc'
  for (const name of names.split(' ')) {
    const path = ['/bin', '/usr/bin'].map((place) => join(place, name)).find((candidate) => existsSync(candidate))
    if (path) symlinkSync(path, join(directory, basename(path)))
  }
}

test.after(async () => {
  await site.remove()
})
test.run()
