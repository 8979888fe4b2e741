import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { aarun, project } from './aarun.ts'

const here = project({
  hosts: 'localhost ansible_connection=local\n',
  'broken.yml': '- hosts: all\n  tasks:\n    - command: "x\n',
  'unknown.yml': '- hosts: all\n  gather_facts: false\n  tasks:\n    - name: Odd\n      comand: true\n',
  'good.yml': '- hosts: all\n  gather_facts: false\n  tasks: []\n',
})
test.after(here.remove)

/** What each command line gives: exit code, and what is on stderr. */
const cases: [args: string[], code: number, message: RegExp][] = [
  [[], 5, /which playbook\?/],
  [['nope.yml'], 4, /nope\.yml/],
  [['good.yml', '-i', 'nope'], 4, /inventory not found: nope/],
  [['broken.yml', '-i', 'hosts'], 4, /broken\.yml:\d+:\d+/],
  [['unknown.yml', '-i', 'hosts'], 4, /unknown\.yml:5:7: .*comand.*\n.*\n.*\^\n.*did you mean `command`/],
  [['good.yml', '-i', 'hosts', '-t', 'nope'], 4, /nope/],
  [['good.yml', '-i', 'hosts', '-l', 'nope'], 4, /nope/],
  [['good.yml', '--chekc'], 5, /unknown option '--chekc'\n.*--check/],
  [['good.yml', '-f', '0'], 5, /whole number above 0/],
  [['good.yml', '-k'], 5, /--private-key/],
  [['good.yml', '--output', 'html'], 5, /live, plain, json/],
  [['good.yml', '-i', 'hosts', '-e', 'novalue'], 4, /expected name=value, got `novalue`/],
  [['good.yml', '-i', 'hosts', '-e', '{a: '], 4, /--extra-vars:1/],
  [['good.yml', '-i', 'hosts', '-e', './vars.yml'], 4, /write @ before it: @\.\/vars\.yml/],
  [['good.yml', '-i', 'hosts', '--vault-password-file', 'nope'], 5, /no such file/],
  [['good.yml', '-i', 'hosts', '--step'], 5, /no terminal/],
  [['doc', 'copyy'], 5, /did you mean `copy`/],
  [['inventroy', '--list'], 5, /did you mean `inventory`/],
  [['inventory'], 5, /expected one of --list, --graph and --host/],
  [['inventory', '-i', 'hosts', '--host', 'localhots'], 5, /did you mean `localhost`/],
  [['run', 'web', '-i', 'hosts', '-a', 'true'], 5, /no host matches `web`/],
  [['run', 'all', '-i', 'hosts', '-m', 'comand'], 5, /did you mean `command`/],
  [['run'], 5, /missing required argument 'pattern'/],
]

for (const [args, code, message] of cases) {
  test(`aarun ${args.join(' ')}`, async () => {
    const done = await aarun(here.path, args)
    assert.match(done.err, message)
    assert.is(done.code, code)
    assert.is(done.out, '')
    assert.not.match(done.err, /\n\s+at .*:\d+:\d+/)
  })
}

test('a stack trace only for who asks for it', async () => {
  const done = await aarun(here.path, ['nope.yml'], { env: { AARUN_DEBUG: '1' } })
  assert.match(done.err, /\n\s+at .*:\d+:\d+/)
  assert.is(done.code, 4)
})

test.run()
