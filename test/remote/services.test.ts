/** Services and packages, with stand-ins for the managers that this machine may not have. */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { connect, type PackageFact, probe, type UnitFact } from '../../src/remote/index.ts'
import { fixture } from './fixture.ts'

const { path, end } = fixture()
test.after(end)

const program = (name: string, text: string) => {
  writeFileSync(path('bin', name), `#!/bin/sh\n${text}\n`)
  chmodSync(path('bin', name), 0o755)
}

/** A host on which only the stand-ins and the tools that we need can be found; with `systemd`, in a mount namespace of its own. */
const host = (systemd: boolean) => {
  const script = [
    ...(systemd ? ['mkdir -p /run/systemd', 'mount -t tmpfs none /run/systemd', 'mkdir /run/systemd/system'] : []),
    `PATH=${path('bin')}`,
    'exec "$@"',
  ].join(' && ')
  return connect({ transport: 'exec', prefix: [...(systemd ? ['unshare', '-m'] : []), 'sh', '-c', script, '-'] })
}

test.before(() => {
  mkdirSync(path('bin'))
  for (const tool of ['sh', 'mktemp', 'stat', 'head', 'rm', 'mkdir', 'cp', 'wc', 'cat', 'id', 'grep', 'timeout']) {
    const found = String(spawnSync('sh', ['-c', `command -v ${tool}`]).stdout).trim()
    writeFileSync(path('bin', tool), `#!/bin/sh\nexec ${found} "$@"\n`)
    chmodSync(path('bin', tool), 0o755)
  }
})

test('systemd: one question for all units', async () => {
  if (spawnSync('unshare', ['-m', 'true']).status !== 0) return console.log('skipped: no mount namespace can be made')
  program(
    'systemctl',
    `echo "$@" >>${path('asked')}
printf 'Id=nginx.service\\nLoadState=loaded\\nActiveState=active\\nSubState=running\\nUnitFileState=enabled\\nDescription=a = b\\n\\n'
printf 'Id=gone.service\\nLoadState=not-found\\nActiveState=inactive\\nSubState=dead\\nUnitFileState=\\n\\n'
printf 'Id=m.service\\nLoadState=masked\\nActiveState=failed\\nUnitFileState=masked\\n'`,
  )
  const connection = host(true)
  const names = ['nginx', 'gone', 'm']
  const facts = (await connection.ask(names.map((name) => probe.unit({ name })))) as UnitFact[]
  assert.equal(
    facts.map(({ manager, exists, active, enabled, masked }) => [manager, exists, active, enabled, masked]),
    [
      ['systemd', true, true, true, false],
      ['systemd', false, false, false, false],
      ['systemd', true, false, false, true],
    ],
  )
  assert.is(facts[0]?.status?.Description, 'a = b')
  assert.match(readFileSync(path('asked'), 'utf8'), /^--system show .* -- nginx gone m\n$/)
  const pattern = await connection.ask([probe.unit({ name: 'ngin*' })]).then(String, (error: Error) => error.message)
  assert.match(pattern, /'ngin\*' is not the name of a unit/)
  program('systemctl', 'echo "Failed to connect to bus: No such file or directory" >&2; exit 1')
  const silent = await connection.ask([probe.unit({ name: 'nginx' })]).then(String, (error: Error) => error.message)
  assert.match(silent, /systemctl did not answer: Failed to connect to bus/)
  await connection.close()
})

test('packages of rpm, apk and pacman', async () => {
  const ask = async (...names: string[]) => {
    const connection = host(false)
    const facts = (await connection.ask(names.map((name) => probe.package({ name })))) as PackageFact[]
    await connection.close()
    return facts
  }
  assert.equal(await ask('x'), [{}])
  program('pacman', `echo "bash 5.2.037-1"; echo "error: package 'x' was not found" >&2; exit 1`)
  assert.equal(await ask('bash', 'x'), [{ manager: 'pacman', installed: '5.2.037-1' }, { manager: 'pacman' }])
  program('apk', 'echo busybox-extras-1.36.1-r29; echo so-name-2.0-r0; exit 1')
  assert.equal(await ask('busybox-extras', 'x'), [{ manager: 'apk', installed: '1.36.1-r29' }, { manager: 'apk' }])
  for (const name of ['pacman', 'apk']) spawnSync('rm', [path('bin', name)])
  program(
    'rpm',
    `printf 'bash\\tbash.x86_64\\t5.1.8-9.el9\\n'; printf 'bind\\tbind.x86_64\\t32:9.16-1\\n'; echo "package x is not installed"; exit 1`,
  )
  program('dnf', '')
  assert.equal(await ask('bash', 'bind.x86_64', 'x'), [
    { manager: 'dnf', installed: '5.1.8-9.el9' },
    { manager: 'dnf', installed: '32:9.16-1' },
    { manager: 'dnf' },
  ])
})

test.run()
