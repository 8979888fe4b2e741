import { execFileSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { writeRunConfig } from '../../src/inventory/index.ts'
import { project } from './files.ts'

const root = project({
  user: 'Host bastion\n  HostName 10.0.0.9\n  User jump\n  Port 2022\nHost *\n  ServerAliveInterval 5\n  User nobody\n',
})

/** What ssh itself makes of the file. */
function effective(name: string, vars: Record<string, unknown>): Record<string, string> {
  const file = writeRunConfig(
    [
      { name: 'other', vars: {} },
      { name, vars },
    ],
    root,
    { userConfig: join(root, 'user') },
  )
  const lines = execFileSync('ssh', ['-F', file, '-G', name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).split(
    '\n',
  )
  return Object.fromEntries(lines.map((line) => [line.split(' ')[0]!, line.split(' ').slice(1).join(' ')]))
}

test('the inventory wins over the file of the user, which still counts', () => {
  const config = effective('web1', {
    ansible_host: '10.0.0.1',
    ansible_port: 2222,
    ansible_user: 'deploy',
    ansible_ssh_private_key_file: '/a b/k%1',
    ansible_ssh_common_args: '-o ProxyCommand="ssh -W %h:%p gate" -o StrictHostKeyChecking=accept-new -C',
  })
  assert.is(config.hostname, '10.0.0.1')
  assert.is(config.port, '2222')
  assert.is(config.user, 'deploy')
  assert.is(config.identityfile, '/a b/k%%1')
  assert.is(config.proxycommand, 'ssh -W %h:%p gate')
  assert.is(config.stricthostkeychecking, 'accept-new')
  assert.is(config.compression, 'yes')
  assert.is(config.serveraliveinterval, '5')
})

test('an address may be an alias of the user', () => {
  const config = effective('b', { ansible_host: 'bastion' })
  assert.is(config.hostname, '10.0.0.9')
  assert.is(config.user, 'jump')
  assert.is(config.port, '2022')
  assert.is(effective('plain', {}).user, 'nobody')
})

test('the file is for the user only', () => {
  const file = writeRunConfig([], root, { userConfig: join(root, 'none') })
  assert.is(statSync(file).mode & 0o777, 0o600)
})

for (const [vars, message] of [
  [{ ansible_port: '22\nProxyCommand evil' }, /one line/],
  [{ ansible_port: 'x' }, /expected a port number/],
  [{ ansible_ssh_common_args: '-W foo' }, /`-W` is not supported/],
  [{ ansible_ssh_extra_args: '-o' }, /needs a value/],
] as const) {
  test(`mistake: ${JSON.stringify(vars)}`, () => assert.throws(() => writeRunConfig([{ name: 'h', vars }], root), message))
}

test('a name can not become a directive', () =>
  assert.throws(() => writeRunConfig([{ name: 'a\nHost *', vars: {} }], root), /can not be the name/))

test.run()
