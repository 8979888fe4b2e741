import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type Connection, connect, probe, type Target, UnreachableError } from '../../src/remote/index.ts'
import { freePort } from '../ports.ts'
import { addGuest, type Guest, type Sshd, sshd as anSshd, whyNoSshd } from './sshd.ts'

const skip = whyNoSshd()
let sshd: Sshd
let free: Guest
let asked: Guest
let barred: Guest
const open: Connection[] = []

const to = (target: Target) => {
  const connection = connect(target)
  open.push(connection)
  return connection
}
const whoami = probe.command({ argv: ['id', '-un'] })
const refusal = async (target: Target): Promise<string> => {
  try {
    await to(target).ask([whoami])
  } catch (error) {
    assert.instance(error, UnreachableError)
    return (error as Error).message
  }
  throw new Error('it was reached')
}

test.before(async () => {
  if (skip) return
  sshd = await anSshd()
  free = addGuest('ALL=(ALL) NOPASSWD: ALL')
  asked = addGuest('ALL=(ALL) ALL')
  barred = addGuest()
})
test.after(async () => {
  for (const connection of open) await connection.close()
  for (const guest of [free, asked, barred]) guest?.remove()
  sshd?.stop()
})

const run = (name: string, body: () => Promise<void>) =>
  test(name, async () => (skip ? console.log(`skipped: ${skip}`) : await body()))

run('asks, acts and counts round trips', async () => {
  const host = to(sshd.target())
  const bytes = new Uint8Array(1_500_000).map((_, index) => (index * 31) % 256)
  const path = join(sshd.directory, "it's a \n file")
  const { outcomes, facts } = await host.act(
    [
      { kind: 'write', path, content: bytes, mode: 0o600 },
      { kind: 'run', argv: ['cat'], stdin: 'x'.repeat(1_200_000) },
    ],
    { then: [probe.file({ path, content: true, checksum: true })] },
  )
  assert.equal(
    outcomes.map((outcome) => outcome.ok),
    [true, true],
  )
  assert.is(outcomes[1]?.stdout?.length, 1_200_000)
  assert.ok(Buffer.from((facts[0] as { content: Uint8Array }).content).equals(Buffer.from(bytes)))
  assert.is(host.roundTrips, 1)
  assert.ok(Buffer.from(bytes).equals(readFileSync(path)))
})

run('many requests at once queue up on one connection', async () => {
  const host = to(sshd.target())
  const answers = await Promise.all(
    [...Array(12).keys()].map((n) => host.ask([probe.command({ argv: ['printf', '%s', String(n)] })])),
  )
  assert.equal(
    answers.map(([fact]) => (fact as { stdout: string }).stdout),
    [...Array(12).keys()].map(String),
  )
  assert.is(host.roundTrips, 12)
})

run('noise of login files is skipped, for several login shells', async () => {
  for (const shell of ['/bin/sh', '/bin/bash', '/usr/bin/fish', '/bin/csh']) {
    if (spawnSync('test', ['-x', shell]).status !== 0) {
      console.log(`skipped: ${shell} is not installed`)
      continue
    }
    const guest = addGuest(undefined, shell)
    try {
      writeFileSync(`/home/${guest.name}/.bashrc`, 'echo "R 3 noise"; printf "no newline"; alias cat=false; set -o noclobber\n')
      writeFileSync(`/home/${guest.name}/.cshrc`, 'echo "R 3 noise"\n')
      const host = to(sshd.target({ user: guest.name }))
      const [fact] = await host.ask([whoami])
      assert.is((fact as { stdout: string }).stdout, `${guest.name}\n`, shell)
      await host.close()
    } finally {
      guest.remove()
    }
  }
})

run('errors of ssh become one line that says what to do', async () => {
  assert.match(await refusal(sshd.target({ identityFile: join(sshd.directory, 'stranger') })), /no key was accepted/)
  assert.match(await refusal(sshd.target({ port: await freePort() })), /connection was refused: check that sshd runs/)
  assert.match(await refusal(sshd.target({ host: 'no-such-host.invalid' })), /name could not be resolved/)
  const nobody = ['-o', 'UserKnownHostsFile=/dev/null', '-o', 'GlobalKnownHostsFile=/dev/null']
  assert.match(
    await refusal(sshd.target({ options: nobody })),
    /host key is not known: .*ssh-keyscan -p \d+ 127\.0\.0\.1.*accept-new/,
  )
  const changed = join(sshd.directory, 'changed')
  writeFileSync(changed, `[127.0.0.1]:${sshd.port} ${readFileSync(join(sshd.directory, 'stranger.pub'), 'utf8')}`)
  assert.match(
    await refusal(sshd.target({ options: ['-o', `UserKnownHostsFile=${changed}`] })),
    /host key has changed.*ssh-keygen -R/,
  )
  assert.match(await refusal(sshd.target({ host: '-oProxyCommand=x' })), /not a host/)
})

run('unknown host keys are accepted when asked to', async () => {
  const known = join(sshd.directory, 'new_hosts')
  const host = to(sshd.target({ options: ['-o', `UserKnownHostsFile=${known}`], hostKeyChecking: 'accept-new' }))
  await host.ask([whoami])
  assert.match(readFileSync(known, 'utf8'), /ssh-ed25519/)
})

run('becomes another user: sudo without and with password, su, runuser', async () => {
  const root = { user: 'root', method: 'sudo' as const }
  const name = async (target: Target) => ((await to(target).ask([whoami]))[0] as { stdout: string }).stdout.trim()
  assert.is(await name(sshd.target({ user: free.name })), free.name)
  assert.is(await name(sshd.target({ user: free.name, become: root })), 'root')
  assert.is(await name(sshd.target({ user: asked.name, become: { ...root, password: asked.password } })), 'root')
  assert.is(await name(sshd.target({ user: free.name, become: { ...root, password: 'not needed' } })), 'root')
  assert.is(await name(sshd.target({ become: { user: barred.name, method: 'sudo' } })), barred.name)
  assert.is(await name(sshd.target({ become: { user: barred.name, method: 'runuser' } })), barred.name)
  assert.is(await name(sshd.target({ become: { user: barred.name, method: 'su' } })), barred.name)
  assert.is(
    await name(sshd.target({ user: barred.name, become: { user: asked.name, method: 'su', password: asked.password } })),
    asked.name,
  )
})

run('root without sudo becomes another user with su, who has a home of its own', async () => {
  const without = ['unshare', '-m', 'sh', '-c', 'mount --bind /dev/null "$(command -v sudo)" && exec "$@"', '-']
  if (spawnSync(without[0] as string, [...without.slice(1), 'true']).status !== 0)
    return console.log('skipped: no mount namespace can be made')
  for (const method of ['sudo', 'su', 'runuser'] as const) {
    const host = to({ transport: 'exec', prefix: without, become: { user: barred.name, method } })
    const [who, home] = await host.ask([whoami, probe.command({ argv: ['sh', '-c', 'cd && pwd'] })])
    assert.equal(
      [who, home].map((fact) => (fact as { stdout: string }).stdout),
      [`${barred.name}\n`, `/home/${barred.name}\n`],
      method,
    )
  }
})

run('a refused become is told, and never shows the password', async () => {
  const root = { user: 'root', method: 'sudo' as const }
  assert.match(
    await refusal(sshd.target({ user: asked.name, become: root })),
    /sudo needs a password: give -K or ansible_become_password/,
  )
  const wrong = await refusal(sshd.target({ user: asked.name, become: { ...root, password: 'Wr0ng-secret' } }))
  assert.match(wrong, /sudo did not accept the password/)
  assert.not.match(wrong, /Wr0ng/)
  assert.match(
    await refusal(sshd.target({ user: barred.name, become: { ...root, password: barred.password } })),
    /not allowed to become root/,
  )
  assert.match(
    await refusal(sshd.target({ user: barred.name, become: { user: 'root', method: 'su', password: 'Wr0ng' } })),
    /su did not accept/,
  )
  const silent = await refusal(sshd.target({ user: barred.name, become: { user: 'root', method: 'su' } }))
  assert.ok(/su needs a password/.test(silent), silent)
  assert.match(await refusal(sshd.target({ become: { user: 'no-such-user', method: 'sudo' } })), /there is no user no-such-user/)
})

run('payloads and temporary files of a become session are its own', async () => {
  const host = to(sshd.target({ user: asked.name, become: { user: 'root', method: 'sudo', password: asked.password } }))
  const path = join(sshd.directory, 'by-root')
  const content = Buffer.alloc(300_000, 'a\0\n')
  const { outcomes } = await host.act([
    { kind: 'write', path, content },
    { kind: 'run', script: 'stat -c %U:%a "$(dirname "$0")"; pwd; echo "$HOME"' },
  ])
  assert.match(outcomes[1]?.stdout ?? '', /^root:700\n/)
  assert.ok(content.equals(readFileSync(path)))
})

run('a connection that died while idle is opened again; one that dies while acting is told', async () => {
  const host = to(sshd.target())
  // A shell that is killed can't clean up: its directory is removed here.
  const places: string[] = []
  const place = 'dirname "$(dirname "$(dirname "$0")")"; cut -d" " -f4 /proc/$PPID/stat'
  const where = async () => {
    const { outcomes } = await host.act([{ kind: 'run', script: place }])
    const [directory, loop] = (outcomes[0]?.stdout ?? '').split('\n')
    assert.match(directory ?? '', /\/aarun\.\w+$/)
    places.push(directory as string)
    return Number(loop)
  }
  process.kill(await where(), 'SIGKILL')
  await new Promise((resolve) => setTimeout(resolve, 300))
  assert.is(((await host.ask([whoami]))[0] as { stdout: string }).stdout, 'root\n')
  const loop = await where()
  const dying = host.act([{ kind: 'run', argv: ['sh', '-c', `kill -9 ${loop}; sleep 1`] }])
  const error = await dying.then(
    () => undefined,
    (reason) => reason,
  )
  assert.instance(error, UnreachableError)
  assert.match((error as Error).message, /connection was lost/)
  assert.is(((await host.ask([whoami]))[0] as { stdout: string }).stdout, 'root\n')
  for (const directory of places) rmSync(directory, { recursive: true })
})

run('nothing is left behind', async () => {
  const host = to(sshd.target())
  const [, dir] = (
    await host.act([
      { kind: 'run', script: 'dirname "$0"' },
      { kind: 'run', script: 'dirname "$(dirname "$(dirname "$0")")"' },
    ])
  ).outcomes
  const made = dir?.stdout?.trim() ?? ''
  assert.match(made, /\/aarun\.\w+$/)
  await host.close()
  assert.is(spawnSync('test', ['-e', made]).status, 1)
})

test.run()
