import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { aarun, project } from './aarun.ts'

const here = project({
  password: 'open-sesame\n',
  'program-client': '#!/bin/sh\necho "pw-for-$2"\n',
  plain: 'key: hidden-value\n',
  hosts: 'localhost ansible_connection=local\n',
})
chmodSync(join(here.path, 'program-client'), 0o755)
test.after(here.remove)
const vault = (args: string[], input?: string) => aarun(here.path, ['vault', ...args], input === undefined ? {} : { input })
const read = (name: string) => readFileSync(join(here.path, name), 'utf8')
const withPassword = ['--vault-password-file', 'password']

test('encrypt, view and decrypt a file in place; its mode stays', async () => {
  chmodSync(join(here.path, 'plain'), 0o640)
  const encrypted = await vault(['encrypt', 'plain', ...withPassword])
  assert.is(encrypted.code, 0, encrypted.err)
  assert.match(read('plain'), /^\$ANSIBLE_VAULT;1\.1;AES256\n/)
  assert.is(statSync(join(here.path, 'plain')).mode & 0o777, 0o640)
  assert.is((await vault(['view', 'plain', ...withPassword])).out, 'key: hidden-value\n')
  const twice = await vault(['encrypt', 'plain', ...withPassword])
  assert.is(twice.code, 4)
  assert.match(twice.err, /encrypted already/)
  assert.is((await vault(['decrypt', 'plain', ...withPassword])).code, 0)
  assert.is(read('plain'), 'key: hidden-value\n')
  assert.match((await vault(['view', 'plain', ...withPassword])).err, /is not encrypted/)
})

test('a wrong password is said, without a stack trace', async () => {
  writeFileSync(join(here.path, 'wrong'), 'no\n')
  const text = (await vault(['encrypt', ...withPassword], 'x\n')).out
  const done = await vault(['decrypt', '--vault-password-file', 'wrong'], text)
  assert.is(done.code, 4)
  assert.match(done.err, /no vault password fits/)
})

test('encrypt_string gives a value to paste, that a run can use and never shows', async () => {
  const done = await vault(['encrypt_string', '-n', 'token', ...withPassword], 'hidden-value')
  assert.match(done.out, /^token: !vault \|\n {10}\$ANSIBLE_VAULT;1\.1;AES256\n( {10}[0-9a-f]+\n)+$/)
  writeFileSync(
    join(here.path, 'use.yml'),
    `- hosts: all\n  gather_facts: false\n  vars:\n${done.out.replace(/^/gm, '    ').trimEnd()}\n` +
      '  tasks:\n    - name: Use\n      command: echo got {{ token }}\n',
  )
  const run = await aarun(here.path, ['use.yml', '-i', 'hosts', '-vvvv', ...withPassword])
  assert.is(run.code, 0, run.out + run.err)
  assert.match(run.out, /got \*{8}/)
  assert.not.match(run.out + run.err, /hidden-value/)
})

test('labels, and a program that prints the password of a label', async () => {
  const done = await vault(['encrypt', '--vault-id', 'prod@program-client'], 'x\n')
  assert.match(done.out, /^\$ANSIBLE_VAULT;1\.2;AES256;prod\n/)
  writeFileSync(join(here.path, 'prod-password'), 'pw-for-prod\n')
  assert.is((await vault(['view', '--vault-id', 'prod@prod-password'], done.out)).out, 'x\n')
})

test.run()
