import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { aarun, main, project, start } from './aarun.ts'
import { hasTerminal, inTerminal, screen } from '../report/terminal.ts'

const here = project({
  hosts: '[web]\nlocalhost ansible_connection=local\n[db]\nother ansible_connection=local\n',
  'inventory/local': 'localhost ansible_connection=local\n',
  'vars.yml': 'from_file: 5\n',
  'site.yml': `
- name: First
  hosts: web
  gather_facts: false
  tags: [base]
  tasks:
    - name: Write
      copy: {dest: "{{ playbook_dir }}/out-{{ inventory_hostname }}", content: "{{ text | default('x') }}\\n"}
      tags: [files]
    - block:
        - name: In a block
          command: echo {{ from_file | default(1) }}
          when: from_file is defined
      tags: [extra]
`,
  'fail.yml':
    '- name: F\n  hosts: all\n  gather_facts: false\n  tasks:\n    - name: Break\n      shell: echo broken >&2; exit 3\n',
  'slow.yml': `
- name: S
  hosts: web
  gather_facts: false
  tasks:
    - name: Sleep
      shell: echo begun; sleep 3; echo over
    - name: Never
      command: touch never
`,
  'ask.yml': `
- name: A
  hosts: web
  gather_facts: false
  vars_prompt:
    - name: word
      prompt: Say the word
      private: true
  tasks:
    - name: Use
      command: echo the word is {{ word }}
`,
})
test.after(here.remove)
const play = (...args: string[]) => aarun(here.path, args)
const out = join(here.path, 'out-localhost')

test('--check --diff changes nothing and shows all', async () => {
  const { code, out: text } = await play('site.yml', '-i', 'hosts', '--check', '--diff', '-e', 'text=news')
  assert.is(code, 0)
  assert.match(text, /\[CHECK MODE\]/)
  assert.match(text, /^\+news$/m)
  assert.not.ok(existsSync(out))
})

test('a run, its recap and its journal', async () => {
  const { code, out: text, err } = await play('site.yml', '-i', 'hosts', '-e', '@vars.yml', '-e', "text='two words'", '-v')
  assert.is(code, 0, err)
  assert.is(readFileSync(out, 'utf8'), 'two words\n')
  assert.match(text, /^localhost {18}: ok=2 {4}changed=2 {4}unreachable=0 /m)
  assert.match(text, /stdout: 5/)
  const runs = join(here.path, '.aarun', 'runs')
  const [name = ''] = readdirSync(runs).slice(-1)
  assert.is(statSync(join(runs, name)).mode & 0o777, 0o600)
  const last = readFileSync(join(runs, name), 'utf8').trimEnd().split('\n').at(-1) ?? ''
  assert.is((JSON.parse(last) as { event: string }).event, 'end')
})

test('again: nothing changes; JSON says so', async () => {
  const { code, out: text } = await play(
    'site.yml',
    '-i',
    'hosts',
    '-e',
    '{"text": "two words"}',
    '-t',
    'files',
    '--output',
    'json',
  )
  assert.is(code, 0)
  const events = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  assert.is(events[0]?.['event'], 'run')
  const end = events.at(-1) as { event: string; hosts: Record<string, Record<string, number>>; exit: number }
  assert.is(end.event, 'end')
  assert.is(end.hosts['localhost']?.['ok'], 1)
  assert.is(end.hosts['localhost']?.['changed'], 0)
})

test('the default inventory is inventory/local, then what the environment says', async () => {
  const own = await play('fail.yml', '--list-hosts')
  assert.match(own.out, /hosts \(1\):\n {6}localhost/)
  const environment = await aarun(here.path, ['fail.yml', '--list-hosts'], { env: { ANSIBLE_INVENTORY: 'hosts' } })
  assert.match(environment.out, /hosts \(2\):\n {6}localhost\n {6}other/)
})

test('lists, as ansible-playbook prints them', async () => {
  const { code, out: text } = await play('site.yml', '-i', 'hosts', '--list-tasks', '--list-hosts', '--list-tags')
  assert.is(code, 0)
  assert.is(
    text,
    `
playbook: site.yml

  play #1 (web): First\tTAGS: [base]
    pattern: ['web']
    hosts (1):
      localhost
    tasks:
      Write\tTAGS: [base, files]
      In a block\tTAGS: [base, extra]
      TASK TAGS: [base, extra, files]
`,
  )
  const some = await play('site.yml', '-i', 'hosts', '--list-tasks', '--skip-tags', 'files')
  assert.not.match(some.out, /Write/)
  assert.match(some.out, /In a block/)
  assert.is((await play('site.yml', '-i', 'hosts', '--syntax-check')).out, '\nplaybook: site.yml\n')
})

test('failed hosts give 2, unreachable ones 4', async () => {
  const failed = await play('fail.yml', '-i', 'hosts', '-l', 'web')
  assert.is(failed.code, 2)
  assert.match(
    failed.out,
    /fatal: \[localhost\]: FAILED! => .*\n {4}cmd: echo broken >&2; exit 3\n {4}rc: 3\n {4}stderr: broken\n {4}at fail\.yml:5/,
  )
  const unreachable = await play('fail.yml', '-i', '127.0.0.1,', '-c', 'ssh', '--ssh-common-args', '-p 1', '-T', '3')
  assert.is(unreachable.code, 4, unreachable.out)
  assert.match(unreachable.out, /UNREACHABLE!/)
})

test('a reader that goes away does not end the run', async () => {
  const { spawnSync } = await import('node:child_process')
  const command = main.map((word) => `'${word}'`).join(' ')
  const { stdout } = spawnSync(
    'sh',
    ['-c', `exec 3>&1; { ${command} site.yml -i hosts -e text=piped -D; echo rc=$? >&3; } | true`],
    { cwd: here.path, encoding: 'utf8' },
  )
  assert.is(stdout, 'rc=0\n')
  assert.is(readFileSync(out, 'utf8'), 'piped\n')
})

test('the first Ctrl-C lets what is running end', async () => {
  const run = start(here.path, ['slow.yml', '-i', 'hosts', '-v'])
  await run.seen(/begun/)
  run.signal('SIGINT')
  const { code, err } = await run.done
  assert.is(code, 99)
  assert.match(err, /press Ctrl-C again/)
  assert.not.ok(existsSync(join(here.path, 'never')))
})

test('the second Ctrl-C ends at once', async () => {
  const run = start(here.path, ['slow.yml', '-i', 'hosts', '-v'])
  await run.seen(/begun/)
  const started = Date.now()
  run.signal('SIGINT')
  await run.seen(/press Ctrl-C again/)
  run.signal('SIGINT')
  assert.is((await run.done).code, 99)
  assert.ok(Date.now() - started < 2500)
})

const inPty = hasTerminal() ? test : test.skip

inPty('questions are asked below the live view, and a secret answer is neither echoed nor shown later', async () => {
  const { text, code } = await inTerminal([...main, 'ask.yml', '-i', 'hosts', '-v'], {
    cwd: here.path,
    keys: [[/Say the word/, 'open-sesame\r']],
  })
  assert.is(code, 0, text)
  assert.not.match(text, /open-sesame/)
  const lines = screen(text)
  assert.ok(
    lines.some((line) => line.includes('the word is ********')),
    text,
  )
})

inPty('--step asks before each task', async () => {
  const keys: [RegExp, string][] = [
    [/Perform task: Sleep/, 'n\r'],
    [/Perform task: Never/, 'no\r'],
  ]
  const { text, code } = await inTerminal([...main, 'slow.yml', '-i', 'hosts', '--step'], { cwd: here.path, keys })
  assert.is(code, 0, text)
  assert.not.ok(existsSync(join(here.path, 'never')))
})

inPty('Ctrl-C at a question ends the run with 99', async () => {
  const { code } = await inTerminal([...main, 'ask.yml', '-i', 'hosts'], { cwd: here.path, keys: [[/Say the word/, '\u0003']] })
  assert.is(code, 99)
})

test.run()
