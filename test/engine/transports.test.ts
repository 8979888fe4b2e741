/** The engine over a real sshd on loopback: users, become, keys, unknown hosts, lost connections. Needs root. */
import { appendFileSync, chmodSync, existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { addGuest, type Guest, sshd as anSshd, startSshd, type Sshd, whyNoSshd } from '../remote/sshd.ts'
import { aarun } from '../cli/aarun.ts'
import { play, project, type Ran } from './harness.ts'

const why = whyNoSshd()
if (why) console.log(`skipped: ${why}`)
else {
  const sshd = await anSshd()
  const free = addGuest('ALL=(ALL) NOPASSWD: ALL')
  const asked = addGuest('ALL=(ALL) ALL')
  test.after(() => {
    sshd.stop()
    free.remove()
    asked.remove()
  })
  tests(sshd, free, asked)
}
test.run()

function tests(sshd: Sshd, free: Guest, asked: Guest): void {
  const known = (file = 'known_hosts') => `-o UserKnownHostsFile=${join(sshd.directory, file)} -o GlobalKnownHostsFile=/dev/null`
  const common = {
    ansible_host: '127.0.0.1', ansible_port: sshd.port, ansible_user: 'root',
    ansible_ssh_private_key_file: join(sshd.directory, 'id'), ansible_ssh_common_args: `-F ${join(sshd.directory, 'config')} ${known()}`,
  }
  const hosts = (each: Record<string, object>) => JSON.stringify({ all: { vars: common, hosts: each } })
  const messages = (ran: Ran) => JSON.stringify([ran.end.message, ...ran.results.map((each) => each.message)])
  /** Ends the sshd that serves the connection. */
  const lose = `"p=$$; while ! grep -q sshd /proc/$p/comm; do p=$(sed -n 's/^PPid:.//p' /proc/$p/status); done; kill -9 $p; sleep 1"`
  const head = '- hosts: all\n  gather_facts: false\n'

  test('a value with spaces in the arguments for ssh is quoted as for a shell', async () => {
    const at = project({})
    // Reaches the server only by way of the proxy: the port of the host is not its own.
    const through = { ansible_port: 1, ansible_ssh_common_args: `${common.ansible_ssh_common_args} -o ProxyCommand="ssh -F none ${known()} -i ${join(sshd.directory, 'id')} -p ${sshd.port} root@127.0.0.1 -W 127.0.0.1:${sshd.port}" -o StrictHostKeyChecking=no` }
    const ran = await play(at, `${head}  tasks:\n    - { name: there, command: printenv SSH_CONNECTION, changed_when: false }\n`, { hosts: hosts({ one: through }) })
    assert.is(ran.exit, 0, messages(ran))
    at.remove()
  })

  test('as root: files, commands, templates, environment, fetch, slurp, rsync; one connection, few round trips', async () => {
    const at = project({ 't.j2': 'host={{ inventory_hostname }}\n', 'tree/a/b.txt': 'b' })
    at.file('files/bin', Uint8Array.from({ length: 3000 }, (_, index) => index % 256))
    const text = `${head}  vars: { out: "${at.path('out')}-{{ inventory_hostname }}" }
  tasks:
    - { name: dir, file: { path: "{{ out }}", state: directory, mode: '0755' } }
    - { name: bin, copy: { src: bin, dest: "{{ out }}/bin" } }
    - { name: conf, template: { src: t.j2, dest: "{{ out }}/conf" } }
    - { name: line, lineinfile: { path: "{{ out }}/line", line: "it's $HOME", create: true } }
    - { name: say, shell: 'echo "$WORD" $SSH_CONNECTION', environment: { WORD: "it's" }, changed_when: false }
    - { name: script, shell: "cat; echo $0", args: { stdin: "in put" }, changed_when: false }
    - { name: slurp, slurp: { src: "{{ out }}/bin" }, register: bin }
    - { name: fetch, fetch: { src: "{{ out }}/bin", dest: "${at.path('back')}-{{ inventory_hostname }}", flat: true } }
    - { name: sync, synchronize: { src: "${at.path('tree')}/", dest: "{{ out }}/tree" } }
    - { name: here, command: cat /proc/self/stat, delegate_to: localhost, changed_when: false }
    - { name: facts, debug: { msg: "{{ ansible_facts.kernel }}" } }
`.replace('gather_facts: false', 'gather_facts: true')
    const first = await play(at, text, { hosts: hosts({ one: {} }) })
    assert.is(first.exit, 0, messages(first))
    assert.equal(readFileSync(`${at.path('back')}-one`), readFileSync(at.path('files/bin')))
    assert.is(readFileSync(`${at.path('out')}-one/conf`, 'utf8'), 'host=one\n')
    assert.is(readFileSync(`${at.path('out')}-one/line`, 'utf8'), "it's $HOME\n")
    assert.is(readFileSync(`${at.path('out')}-one/tree/a/b.txt`, 'utf8'), 'b')
    assert.match(String(first.result('say')?.stdout), /^it's 127\.0\.0\.1/)
    assert.match(String(first.result('script')?.stdout), /^in put/)

    const over = await play(at, text, { hosts: hosts({ one: {} }) })
    assert.equal(over.changed, [])
    const here = JSON.stringify({ all: { vars: { ansible_connection: 'local' }, hosts: { one: {} } } })
    const local = await play(at, text.replace(/ {4}- { name: sync.*\n/, ''), { hosts: here })
    const without = await play(at, text.replace(/ {4}- { name: sync.*\n/, ''), { hosts: hosts({ one: {} }) })
    assert.is(without.end.hosts.one?.round_trips, local.end.hosts.one?.round_trips)
    assert.ok((over.end.hosts.one?.round_trips ?? 99) <= 8, String(over.end.hosts.one?.round_trips))
    at.remove()
  })

  test('two hosts are two ssh processes, however many tasks', async () => {
    const at = project()
    const count = () => readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && isSsh(pid, sshd.directory)).length
    const tasks = Array.from({ length: 6 }, (_, index) => `    - { command: "true" }\n    - { stat: { path: "/tmp/${index}" } }\n`).join('')
    const running = play(at, `${head}  tasks:\n${tasks}    - { command: sleep 1 }\n`, { hosts: hosts({ one: {}, two: {} }) })
    let most = 0
    const timer = setInterval(() => (most = Math.max(most, count())), 50)
    const ran = await running
    clearInterval(timer)
    assert.is(ran.exit, 0, messages(ran))
    assert.is(most, 2)
    assert.is(count(), 0)
    at.remove()
  })

  test('become: without a password, with one, another user; back again with become: false', async () => {
    const at = project()
    chmodSync(at.dir, 0o777)
    const text = `${head}  become: true
  tasks:
    - { name: root, command: id -un }
    - { name: other, command: id -un, become_user: nobody }
    - { name: self, command: id -un, become: false }
    - { name: file, copy: { content: x, dest: "${at.dir}/by-{{ inventory_hostname }}", owner: nobody, mode: '0600' } }
    - { name: home, command: sh -c 'echo $HOME' }
`
    const ran = await play(at, text, { hosts: hosts({ free: { ansible_user: free.name }, asked: { ansible_user: asked.name, ansible_become_password: asked.password } }) })
    assert.is(ran.exit, 0, messages(ran))
    for (const [host, user] of [['free', free.name], ['asked', asked.name]] as const) {
      assert.equal(['root', 'other', 'self'].map((task) => ran.result(task, host)?.stdout), ['root', 'nobody', user])
      assert.is(statSync(at.path(`by-${host}`)).mode & 0o777, 0o600)
      assert.is(ran.result('home', host)?.stdout, '/root')
    }
    assert.not.match(JSON.stringify(ran.events), asked.password)
    at.remove()
  })

  test('a wrong or missing become password: unreachable, with the reason, exit 4; without become it works', async () => {
    const at = project()
    const wrong = { ansible_user: asked.name, ansible_become_password: 'not this' }
    const ran = await play(at, `${head}  tasks: [{ name: who, command: id -un, become: true }]\n`, {
      hosts: hosts({ wrong, missing: { ansible_user: asked.name }, plain: { ansible_user: free.name } }),
    })
    assert.is(ran.exit, 4)
    assert.is(ran.status('who', 'wrong'), 'unreachable')
    assert.match(ran.message('who', 'wrong') ?? '', /sudo did not accept the password for becoming root/)
    assert.match(ran.message('who', 'missing') ?? '', /sudo needs a password: give -K or ansible_become_password/)
    assert.is(ran.status('who', 'plain'), 'changed')
    assert.not.match(JSON.stringify(ran.events), 'not this')
    at.remove()
  })

  test('a key that is not accepted, a host that is not there, a host key that is not known: the others go on, exit 4', async () => {
    const at = project()
    writeFileSync(join(sshd.directory, 'empty'), '')
    const strange = { ansible_ssh_common_args: `-F ${join(sshd.directory, 'config')} ${known('empty')}` }
    const ran = await play(at, `${head}  tasks: [{ name: who, command: id -un }, { name: after, debug: { msg: x } }]\n`, {
      hosts: hosts({ good: {}, key: { ansible_ssh_private_key_file: join(sshd.directory, 'stranger') }, away: { ansible_port: 1 }, strange }),
    })
    assert.is(ran.exit, 4)
    assert.match(ran.message('who', 'key') ?? '', /no key was accepted/)
    assert.match(ran.message('who', 'away') ?? '', /connection was refused/)
    assert.match(ran.message('who', 'strange') ?? '', /host key is not known.*accept-new/)
    assert.equal(['good', 'key', 'away', 'strange'].map((host) => ran.status('after', host)), ['ok', undefined, undefined, undefined])

    const trusting = await play(at, `${head}  tasks: [{ name: who, command: id -un }]\n`, { hosts: hosts({ strange }), connection: { hostKeyChecking: 'accept-new' } })
    assert.is(trusting.exit, 0, messages(trusting))
    assert.match(readFileSync(join(sshd.directory, 'empty'), 'utf8'), /ssh-ed25519/)
    at.remove()
  })

  test('an alias of the ssh config is enough', async () => {
    const at = project()
    const lines = ['Host alias', 'HostName 127.0.0.1', `Port ${sshd.port}`, 'User root', `IdentityFile ${sshd.directory}/id`, `UserKnownHostsFile ${sshd.directory}/known_hosts`]
    const config = at.file('ssh_config', `${lines.join('\n')}\n`)
    const inventory = JSON.stringify({ all: { hosts: { alias: { ansible_ssh_common_args: `-F ${config}` } } } })
    const ran = await play(at, `${head}  tasks:\n    - { name: who, command: id -un }\n    - { name: sync, synchronize: { src: "${config}", dest: "${at.path('synced')}" } }\n`, { hosts: inventory })
    assert.is(ran.exit, 0, messages(ran))
    assert.ok(existsSync(at.path('synced')))
    at.remove()
  })

  test('a connection that breaks in the middle of a play: unreachable, the other host goes on', async () => {
    const at = project()
    const text = `${head}  tasks:
    - { name: before, command: "true" }
    - { name: breaks, shell: ${lose}, when: inventory_hostname == 'one' }
    - { name: after, command: "true" }
`
    const ran = await play(at, text, { hosts: hosts({ one: {}, two: {} }) })
    assert.is(ran.exit, 4)
    assert.equal(['before', 'breaks', 'after'].map((task) => ran.status(task, 'one')), ['changed', 'unreachable', undefined])
    assert.match(ran.message('breaks', 'one') ?? '', /the connection was lost/)
    assert.is(ran.status('after', 'two'), 'changed')
    at.remove()
  })

  test('a question that a broken connection left is asked again; wait_for_connection waits for the host', async () => {
    const at = project()
    const text = `${head}  tasks:
    - { name: before, command: "true" }
    - { name: breaks, shell: ${lose}, ignore_unreachable: true }
    - { name: look, stat: { path: /tmp } }
    - { name: back, wait_for_connection: { timeout: 20 } }
    - { name: reset, meta: reset_connection }
    - { name: after, command: "true" }
`
    const ran = await play(at, text, { hosts: hosts({ one: {} }) })
    assert.is(ran.exit, 0, messages(ran))
    assert.is(ran.status('breaks'), 'ignored')
    assert.is(ran.status('after'), 'changed')

    const late = await startSshd()
    const { port, directory } = late
    late.stop()
    const coming = { ansible_port: port, ansible_ssh_private_key_file: join(sshd.directory, 'id'), ansible_ssh_common_args: `-F ${join(sshd.directory, 'config')} ${known('late')}` }
    const waiting = play(project(), `${head}  tasks:\n    - { name: back, wait_for_connection: { timeout: 30, sleep: 1 }, register: back }\n    - { name: took, debug: { msg: "{{ back.elapsed }}" } }\n`, {
      hosts: hosts({ coming }), connection: { hostKeyChecking: 'accept-new' },
    })
    await new Promise((resolve) => setTimeout(resolve, 1500))
    const again = await startSshd([`Port ${port}`])
    appendFileSync(join(again.directory, 'authorized_keys'), readFileSync(join(sshd.directory, 'id.pub')))
    const done = await waiting
    again.stop()
    assert.is(done.exit, 0, messages(done))
    assert.ok(Number(done.result('took')?.msg) >= 1)
    assert.not.ok(existsSync(directory))
    at.remove()
  })

  test('exec: a command that runs programs on the host; delegation between transports', async () => {
    const at = project()
    const text = `${head}  tasks:
    - { name: who, command: "sh -c 'echo $MARK'", changed_when: false }
    - { name: there, command: "sh -c 'echo $MARK $SSH_CONNECTION'", delegate_to: remote, changed_when: false, when: inventory_hostname == 'inside' }
    - { name: local, command: "sh -c 'echo -$SSH_CONNECTION-'", delegate_to: localhost, changed_when: false, when: inventory_hostname == 'remote' }
    - { name: file, copy: { content: "it's $x", dest: "${at.dir}/{{ inventory_hostname }}" } }
`
    const ran = await play(at, text, { hosts: hosts({ inside: { ansible_connection: 'exec', ansible_exec_prefix: ['env', 'MARK=exec'] }, remote: {} }) })
    assert.is(ran.exit, 0, messages(ran))
    assert.is(ran.result('who', 'inside')?.stdout, 'exec')
    assert.match(String(ran.result('there', 'inside')?.stdout), /^127\.0\.0\.1 /)
    assert.is(ran.results.find((event) => event.delegate === 'remote')?.host, 'inside')
    assert.is(ran.result('local', 'remote')?.stdout, '--')
    assert.is(readFileSync(at.path('inside'), 'utf8'), "it's $x")
    at.remove()
  })

  test('the program itself, with its options: --private-key, --accept-new, -u, -b and a password file', async () => {
    const at = project()
    at.file('play.yaml', '- { hosts: all, gather_facts: false, tasks: [{ name: who, command: id -un }] }\n')
    at.file('hosts.ini', `far ansible_host=127.0.0.1 ansible_port=${sshd.port}\n`)
    at.file('password', `${asked.password}\n`)
    const args = ['-i', 'hosts.ini', 'play.yaml', '--output', 'plain', '-v', '-u', asked.name, '--private-key', join(sshd.directory, 'id')]
    const ssh = ['--ssh-common-args', `-F ${join(sshd.directory, 'config')} -o UserKnownHostsFile=${at.path('known')} -o GlobalKnownHostsFile=/dev/null`]
    const refused = await aarun(at.dir, [...args, ...ssh])
    assert.is(refused.code, 4, refused.out + refused.err)
    assert.match(refused.out, /UNREACHABLE!.*host key is not known/)
    const done = await aarun(at.dir, [...args, ...ssh, '--accept-new', '-b', '--become-password-file', 'password'])
    assert.is(done.code, 0, done.out + done.err)
    assert.match(done.out, /stdout: root/)
    assert.not.match(done.out + done.err, asked.password)
    at.remove()
  })
}

/** An ssh of this file: others use the same sshd. */
function isSsh(pid: string, directory: string): boolean {
  try {
    const argv = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
    return argv[0]?.split('/').at(-1) === 'ssh' && argv.some((word) => word.startsWith(directory))
  } catch {
    return false
  }
}
