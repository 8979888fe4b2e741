/** Names of one machine, by the ssh configuration of the user. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { sshMachine } from '../../src/engine/state/ssh-machine.ts'

const directory = mkdtempSync(join(tmpdir(), 'aarun-ssh-'))
const file = join(directory, 'config')
writeFileSync(file, `Host bastion gate
  HostName 10.0.0.9
  Port 2022
Host inner
  HostName 10.0.0.1
  ProxyJump bastion
Host *.example
  HostName %h.net
Host *
  User nobody
`)
test.after(() => rmSync(directory, { recursive: true, force: true }))

const machine = (host: string, more: { port?: number; options?: string[] } = {}) => sshMachine({ host, ...more }, file)

test('an alias and its address are one machine', () => {
  assert.is(machine('bastion'), machine('gate'))
  assert.is(machine('bastion'), machine('10.0.0.9', { port: 2022 }))
  assert.is(machine('web.example'), machine('web.example.net'))
})

test('another port is another machine, and so is the same address behind a jump host', () => {
  assert.is.not(machine('10.0.0.9'), machine('bastion'))
  assert.is.not(machine('10.0.0.1'), machine('inner'))
  assert.is.not(machine('10.0.0.1', { options: ['-o', 'ProxyJump=a'] }), machine('10.0.0.1', { options: ['-o', 'ProxyJump=b'] }))
})

test('without a configuration the name is the address', () => {
  assert.is(sshMachine({ host: 'web1' }, join(directory, 'none')), 'ssh web1:22')
})

test.run()
