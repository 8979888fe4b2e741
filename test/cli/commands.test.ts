import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { aarun, project } from './aarun.ts'

const here = project({
  'inv/hosts': '[web]\nnode[1:2] port=80\n[db]\nnode3\n[site:children]\nweb\ndb\n[all:vars]\nansible_connection=local\n',
  'inv/group_vars/web.yml': 'port: 8080\npage: {title: Hi}\n',
  here: 'localhost ansible_connection=local\n',
})
test.after(here.remove)
const run = (...args: string[]) => aarun(here.path, args)

test('inventory --list, as JSON', async () => {
  const { code, out } = await run('inventory', '-i', 'inv', '--list')
  assert.is(code, 0)
  const list = JSON.parse(out) as Record<string, Record<string, unknown>>
  assert.equal(list['all'], { children: ['site', 'ungrouped'] })
  assert.equal(list['site'], { children: ['db', 'web'] })
  assert.equal(list['web'], { hosts: ['node1', 'node2'] })
  assert.equal((list['_meta']!['hostvars'] as Record<string, unknown>)['node3'], { ansible_connection: 'local' })
})

test('inventory --graph and --host', async () => {
  const graph = await run('inventory', '-i', 'inv', '--graph')
  assert.is(
    graph.out,
    '@all:\n  |--@site:\n  |  |--@db:\n  |  |  |--node3\n  |  |--@web:\n  |  |  |--node1\n  |  |  |--node2\n  |--@ungrouped:\n',
  )
  const part = await run('inventory', '-i', 'inv', '--graph', 'web', '-l', 'node2')
  assert.is(part.out, '@web:\n  |--node2\n')
  const host = await run('inventory', '-i', 'inv', '--host', 'node1')
  assert.equal(JSON.parse(host.out), { ansible_connection: 'local', port: 80, page: { title: 'Hi' } })
})

test('ad hoc: one task on some hosts', async () => {
  const echo = await run('run', 'web', '-i', 'inv', '-a', 'echo hello')
  assert.is(echo.code, 0, echo.err)
  assert.equal(echo.out.split('\n').sort(), ['', 'hello', 'hello', 'node1 | CHANGED | rc=0 >>', 'node2 | CHANGED | rc=0 >>'])
  const stat = await run('run', 'all', '-i', 'here', '-m', 'stat', '-a', 'path=/')
  assert.match(stat.out, /^localhost \| SUCCESS =>\n {4}stat:\n {6}exists: true\n/)
  const fail = await run('ad-hoc', 'all', '-i', 'here', '-m', 'shell', '-a', 'echo oops >&2; exit 4')
  assert.is(fail.code, 2)
  assert.is(fail.out, 'localhost | FAILED! | rc=4 >>\noops\n')
  const check = await run(
    'run',
    'all',
    '-i',
    'here',
    '-C',
    '-D',
    '-m',
    'copy',
    '-a',
    `{dest: ${here.path}/made, content: "text\\n"}`,
  )
  assert.is(check.code, 0, check.out)
  assert.match(check.out, /^\+text$/m)
  assert.not.ok(existsSync(join(here.path, 'made')))
})

test('doc: a page, the list, and all pages as files', async () => {
  const page = await run('doc', 'ansible.builtin.copy')
  assert.is(page.code, 0)
  assert.match(page.out, /^# copy\n/)
  assert.match((await run('doc', '--list')).out, /^copy +\S/m)
  const written = await run('doc', '--write', 'docs')
  assert.is(written.code, 0)
  const pages = readdirSync(join(here.path, 'docs'))
  assert.ok(pages.includes('README.md') && pages.includes('copy.md'))
  assert.match(readFileSync(join(here.path, 'docs', 'README.md'), 'utf8'), /\[copy\]\(copy\.md\)/)
})

test('--version and --help', async () => {
  const version = await run('--version')
  assert.is(version.code, 0)
  assert.match(version.out, /^\d+\.\d+\.\d+\n$/)
  const help = await run('--help')
  assert.is(help.code, 0)
  for (const flag of [
    '-i, --inventory',
    '-l, --limit',
    '-t, --tags',
    '--skip-tags',
    '-C, --check',
    '-D, --diff',
    '-e, --extra-vars',
    '-K, --ask-become-pass',
    '--accept-new',
    '--start-at-task',
  ]) {
    assert.ok(help.out.includes(flag), flag)
  }
})

test.run()
