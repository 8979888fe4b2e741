/** The lock of a host: two real runs that would change it at the same time are kept apart. Needs root, for a user of its own. */
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, readdirSync, symlinkSync, rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { addGuest, type Guest } from '../remote/sshd.ts'
import { start } from '../cli/aarun.ts'
import { play, project, type Project } from './harness.ts'

if (process.getuid?.() !== 0) console.log('skipped: not root: a user of its own is needed')
else tests()
test.run()

function tests(): void {
  let guest: Guest
  let directory: string
  test.before(() => {
    guest = addGuest()
    directory = `/tmp/aarun.lock.${spawnSync('id', ['-u', guest.name]).stdout.toString().trim()}`
  })
  test.after(() => {
    guest.remove()
    rmSync(directory, { recursive: true, force: true })
  })
  // The lock belongs to a user on a host: with one of its own, other tests do not matter.
  const hosts = (...names: string[]) => JSON.stringify({
    all: { vars: { ansible_connection: 'local', ansible_become: true, ansible_become_user: guest.name }, hosts: Object.fromEntries(names.map((name) => [name, {}])) },
  })
  const open = (): Project => {
    const at = project({ 'hosts.json': hosts('one', 'two') })
    chmodSync(at.dir, 0o777)
    return at
  }
  const text = (tasks: string) => `- { hosts: all, gather_facts: false, tasks: [${tasks}] }\n`
  const slow = text('{ name: slow, command: sleep 3 }')
  const quick = (at: Project) => text(`{ name: quick, copy: { content: "{{ who }}", dest: "${at.dir}/{{ inventory_hostname }}" } }`)
  const entries = () => (existsSync(directory) ? readdirSync(directory) : [])
  const lock = { timeout: 0 }

  test('the second run is told who is at work since when, and does nothing; hosts of one run share', async () => {
    const at = open()
    const first = play(at, slow, { hosts: hosts('one', 'two'), lock })
    await sleep(1200)
    assert.is(entries().length, 2, 'each of the shells holds it')
    const other = open()
    const options = { hosts: hosts('one'), lock, extraVars: { who: 'second' } }
    const kept = await play(other, quick(other), options)
    assert.is(kept.exit, 2)
    assert.match(kept.message('quick') ?? '', /another run is changing this host: \w+@\S+ \(pid \d+\) runs \S+playbook.yaml since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC.*--lock-timeout.*--no-lock/)
    assert.not.ok(existsSync(other.path('one')))
    // Who only looks is not kept out, nor who does not care.
    assert.is((await play(other, quick(other), { ...options, check: true })).exit, 0)
    assert.is((await play(other, text('{ command: "true", changed_when: false }'), options)).exit, 0)
    const { lock: _none, ...careless } = options
    assert.is((await play(other, quick(other), careless)).exit, 0)
    assert.is((await first).exit, 0)
    assert.equal(entries(), [])
    at.remove()
    other.remove()
  })

  test('a run waits for the other one as long as it is told to', async () => {
    const at = open()
    const first = play(at, slow, { hosts: hosts('one'), lock })
    await sleep(1000)
    const other = open()
    const second = await play(other, quick(other), { hosts: hosts('one'), lock: { timeout: 20 }, extraVars: { who: 'second' } })
    assert.is(second.exit, 0, second.message('quick'))
    assert.ok(second.events.some((event) => event.event === 'warning' && /another run.*waiting for up to 20 s/.test(event.message)))
    assert.is((await first).exit, 0)
    at.remove()
    other.remove()
  })

  test('the lock costs no round trip', async () => {
    const at = open()
    const trips = async (options: object) => (await play(at, quick(at), { hosts: hosts('one'), extraVars: { who: Math.random() }, ...options })).end.round_trips
    await trips({})
    assert.is(await trips({ lock }), await trips({}))
    at.remove()
  })

  test('two programs: the second gives up with exit code 2; one that is killed leaves no lock behind', async () => {
    const at = open()
    at.file('slow.yaml', slow)
    at.file('quick.yaml', quick(at))
    const args = (book: string, ...more: string[]) => ['-i', 'hosts.json', book, '--output', 'plain', '-e', 'who=cli', ...more]
    const first = start(at.dir, args('slow.yaml'))
    while (entries().filter((name) => name.startsWith('run.')).length < 2) await sleep(50)
    const kept = await start(at.dir, args('quick.yaml', '--lock-timeout', '0')).done
    assert.is(kept.code, 2, kept.out + kept.err)
    assert.match(kept.out, /fatal: \[one\]: FAILED! => another run is changing this host: .* runs slow.yaml since/)
    first.signal('SIGKILL')
    await first.done
    // Its command on the host may end; the lock ends with it.
    const next = await start(at.dir, args('quick.yaml', '--lock-timeout', '20')).done
    assert.is(next.code, 0, next.out + next.err)
    assert.ok(existsSync(at.path('one')))
    at.remove()
  })

  test('what a dead shell left does not count, nor does a lock that is not ours', async () => {
    const at = open()
    const prepare = (script: string) => spawnSync('su', ['-s', '/bin/sh', '-c', script, guest.name])
    // A process that is gone, one that is another by now, and a busy mark of a dead process.
    prepare(`mkdir -p -m 700 ${directory}; echo '999999 1 run
somebody' >${directory}/run.999999; echo "$$ 1 run
somebody" >${directory}/run.1; ln -s 999999 ${directory}/busy`)
    const ran = await play(at, quick(at), { hosts: hosts('one'), lock, extraVars: { who: 'x' } })
    assert.is(ran.exit, 0, ran.message('quick'))
    assert.equal(entries(), [])

    rmSync(directory, { recursive: true, force: true })
    symlinkSync('/tmp', directory)
    const refused = await play(at, quick(at), { hosts: hosts('one'), lock, extraVars: { who: 'y' } })
    assert.match(refused.message('quick') ?? '', /the lock of this host can't be taken: \/tmp\/aarun.lock.\d+/)
    rmSync(directory)
    at.remove()
  })
}
