import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type CommandFact, connect, controller, probe, type Target, UnreachableError } from '../../src/remote/index.ts'
import { fixture } from './fixture.ts'

const { path, directory, end } = fixture()
test.after(async () => {
  await controller.close()
  await end()
})

const whoami = probe.command({ argv: ['id', '-un'] })
const through = async (target: Target) => {
  const host = connect(target)
  try {
    return ((await host.ask([whoami]))[0] as CommandFact).stdout
  } finally {
    await host.close()
  }
}
const refusal = async (target: Target) => {
  const error = await through(target).then(
    () => undefined,
    (reason) => reason,
  )
  assert.instance(error, UnreachableError)
  return (error as Error).message
}
const user = String(spawnSync('id', ['-un']).stdout)

test('exec: any command that runs the program behind it', async () => {
  assert.is(await through({ transport: 'exec', prefix: ['env', '-u', 'HOME'] }), user)
  assert.is(await through({ transport: 'exec', prefix: ['setsid', '-w'] }), user)
  assert.is(await through({ transport: 'exec', prefix: ['bash', '-c', 'exec "$@"', '-'] }), user)
  if (spawnSync('unshare', ['-m', 'true']).status === 0)
    assert.is(await through({ transport: 'exec', prefix: ['unshare', '-m', '--'] }), user)
})

test('other shells than dash serve as well', async () => {
  for (const shell of ['bash', 'bash --posix', 'ksh', 'mksh', 'zsh --emulate sh']) {
    if (spawnSync('which', [shell.split(' ')[0] as string]).status !== 0) continue
    const prefix = ['sh', '-c', `shift; exec ${shell} "$@"`, '-']
    const host = connect({ transport: 'exec', prefix })
    try {
      const content = Buffer.alloc(200_000, 'x\0\n')
      const file = path(`by ${shell}`)
      const { outcomes, facts } = await host.act(
        [
          { kind: 'write', path: file, content, backup: true },
          { kind: 'remove', path: path('none') },
        ],
        {
          then: [probe.file({ path: file, content: true }), whoami, probe.system(), probe.tree({ path: directory })],
        },
      )
      assert.equal(outcomes, [{ ok: true }, { ok: true }], shell)
      assert.ok(Buffer.from((facts[0] as { content: Uint8Array }).content).equals(content), shell)
      assert.is((facts[1] as CommandFact).stdout, user, shell)
    } finally {
      await host.close()
    }
  }
})

test('noise before the shell is skipped, whatever it looks like', async () => {
  const noise = 'echo "R 1"; echo "3 a1"; printf "\\377\\0 E oops"; head -c 100000 /dev/urandom; echo warning >&2; exec "$@"'
  assert.is(await through({ transport: 'exec', prefix: ['sh', '-c', noise, '-'] }), user)
})

test('the first word of a refused become counts, in whatever pieces the rest comes', async () => {
  // As su writes: its name and what it has to say apart, and the name ends like a question.
  const su = (rest: string) => ['sh', '-c', `printf 'Password: ' >&2; ${rest}; printf 'su: ' >&2; sleep 0.3; echo 'Authentication failure' >&2; exit 1`, '-']
  const become = { user: 'root', method: 'su' as const }
  assert.match(await refusal({ transport: 'exec', prefix: su('cat'), become }), /su needs a password/)
  const wrong = await refusal({ transport: 'exec', prefix: su('read -r word'), become: { ...become, password: 'Wr0ng' } })
  assert.match(wrong, /su did not accept the password/)
})

test('what a shell prints once it is there is no question for a password', async () => {
  const prefix = ['sh', '-c', 'printf "Password: " >&2; read -r word; shift 4; exec 7>&2 sh -c "$1"', '-']
  const host = connect({ transport: 'exec', prefix, become: { user: 'root', method: 'su', password: 'right' } })
  try {
    const place = async () => (await host.act([{ kind: 'run', script: 'dirname "$(dirname "$(dirname "$0")")"; printf "note: " >&7; sleep 0.3' }])).outcomes[0]?.stdout
    assert.is(await place(), await place(), 'the same shell')
  } finally {
    await host.close()
  }
})

test('what can not be reached says why, in one line', async () => {
  assert.match(await refusal({ transport: 'exec', prefix: ['no-such-program-here'] }), /no-such-program-here/)
  assert.match(
    await refusal({ transport: 'exec', prefix: ['sh', '-c', 'echo "This account is closed."; exit 1'] }),
    /This account is closed\.$/,
  )
  assert.match(
    await refusal({ transport: 'exec', prefix: ['sh', '-c', 'echo one >&2; echo "no container" >&2; exit 1'] }),
    /no container$/,
  )
  assert.match(await refusal({ transport: 'exec', prefix: ['env', 'PATH=/nowhere'] }), /sh|coreutils/)
  if (existsSync('/bin/busybox')) {
    assert.match(await refusal({ transport: 'exec', prefix: ['/bin/busybox'] }), /GNU coreutils are needed on the host/)
  }
})

test('a full disk is told, and never gives a wrong answer', async () => {
  if (process.getuid?.() !== 0) return console.log('skipped: a small file system needs root')
  const point = path('small')
  spawnSync('mkdir', [point])
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', point]).status !== 0)
    return console.log('skipped: mount is not allowed here')
  const host = connect({ transport: 'exec', prefix: ['env', `TMPDIR=${point}`] })
  try {
    const error = await host.act([{ kind: 'write', path: path('big'), content: Buffer.alloc(500_000) }]).then(
      () => undefined,
      (reason) => reason,
    )
    assert.match(error?.message ?? '', /no space is left in .*small/)
    assert.not.ok(existsSync(path('big')))
    const large = probe.command({ argv: ['head', '-c', '500000', '/dev/zero'] })
    const answer = await host.ask([large]).then(
      ([fact]) => fact as CommandFact,
      (reason: Error) => reason,
    )
    assert.ok(answer instanceof Error ? /no space/.test(answer.message) : answer.rc !== 0, JSON.stringify(answer).slice(0, 200))
    assert.is(((await host.ask([whoami]))[0] as CommandFact).stdout, user)
  } finally {
    await host.close()
    spawnSync('umount', [point])
  }
})

test('a session leaves no files, also when its client vanishes', async () => {
  const mine = () => readdirSync(tmpdir()).filter((name) => /^aarun\./.test(name))
  const before = new Set(mine())
  const host = connect({ transport: 'exec', prefix: ['sh', '-c', 'exec "$@"', '-'] })
  const running = host.act([
    { kind: 'run', argv: ['sh', '-c', 'dirname $(dirname $(dirname "$(readlink /proc/$$/fd/1)")); sleep 0.2'] },
  ])
  const made = (await running).outcomes[0]?.stdout?.trim() ?? ''
  assert.ok(existsSync(made), made)
  await host.close()
  assert.not.ok(existsSync(made))
  assert.ok(mine().length <= before.size + 50)
})

test('the controller answers about this machine without round trips, in order', async () => {
  writeFileSync(path("it's"), 'x')
  const asked = [
    probe.file({ path: path("it's"), checksum: true, on: 'controller' }),
    { ...whoami, on: 'controller' as const },
    probe.tree({ path: directory }),
  ]
  const [file, who, tree] = await controller.ask(asked)
  const host = connect({ transport: 'local' })
  const [same, , sameTree] = await host.ask(asked.map((one) => ({ ...one, on: undefined })))
  await host.close()
  const round = (fact: unknown) => JSON.stringify(fact, (key, value) => (/^[mac]time$/.test(key) ? undefined : value))
  const sorted = (fact: object) => Object.fromEntries(Object.entries(fact).sort())
  assert.is(round(sorted(file as object)), round(sorted(same as object)))
  assert.is((who as CommandFact).stdout, user)
  assert.equal(
    (tree as { path: string }[]).map((entry) => entry.path),
    (sameTree as { path: string }[]).map((entry) => entry.path),
  )
  const { outcomes } = await controller.act([
    { kind: 'write', path: path('by-controller'), content: Buffer.from('y'), on: 'controller' },
  ])
  assert.equal(outcomes, [{ ok: true }])
})

test('a machine that is its own controller does not keep the program running', () => {
  const script = `import { controller, probe } from '${new URL('../../src/remote/index.ts', import.meta.url)}'
    await controller.ask([probe.command({ argv: ['true'] })]); console.log('done')`
  const runtime = 'Deno' in globalThis ? ['eval', script] : ['--import', 'tsx', '--input-type=module', '-e', script]
  const result = spawnSync(process.execPath, runtime, { timeout: 20_000, cwd: new URL('../..', import.meta.url) })
  assert.equal([result.status, String(result.stdout)], [0, 'done\n'], String(result.stderr))
})

test.run()
