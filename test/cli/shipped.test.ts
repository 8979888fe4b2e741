/** What comes with the program is found by its name, and made one's own with `aarun init`. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { aarun, project } from './aarun.ts'
import { root } from '../docs/markdown.ts'

const here = project({ 'playbooks/mine.yaml': '- hosts: all\n  gather_facts: false\n  tasks: []\n', 'one/hosts': 'a\n', 'other/hosts.yaml': 'all: {hosts: {b: }}\n' })
test.after(here.remove)
const path = (...names: string[]) => join(here.path, ...names)
const model = 'inventory/local/group_vars/all/apim.yaml'

test('playbook and inventory come from the program when the directory has none of that name', async () => {
  const done = await aarun(here.path, ['playbooks/site.yaml', '--list-hosts'])
  assert.is(done.code, 0, done.err)
  assert.match(done.err, `playbooks/site.yaml is not in this directory: taking ${join(root, 'playbooks/site.yaml')}`)
  assert.match(done.err, `inventory/local is not in this directory: taking ${join(root, 'inventory/local')}`)
  assert.match(done.out, `playbook: ${join(root, 'playbooks/site.yaml')}`)
  assert.equal(readdirSync(here.path).sort(), ['one', 'other', 'playbooks'])
})

test('what is there is taken without a word', async () => {
  const done = await aarun(here.path, ['playbooks/mine.yaml', '-i', 'one', '--list-hosts'])
  assert.equal([done.code, done.err], [0, ''])
})

const mistakes: [args: string[], message: RegExp][] = [
  [['playbooks/sit.yaml', '-i', 'one'], /playbook not found: playbooks\/sit\.yaml\n {2}did you mean `playbooks\/site\.yaml`\?/],
  [['playbooks/something.yaml', '-i', 'one'], /playbook not found: playbooks\/something\.yaml\n {2}there are: playbooks\/mine\.yaml, .*playbooks\/site\.yaml/],
  [['playbooks/site.yaml', '-i', 'inventory/example'], /inventory not found: inventory\/example\n {2}.*`aarun init DIRECTORY` copies it/],
]
for (const [args, message] of mistakes)
  test(`aarun ${args.join(' ')}`, async () => {
    const done = await aarun(here.path, args)
    assert.match(done.err, message)
    assert.equal([done.code, done.out], [4, ''])
  })

test('inventory_dir and inventory_file are those of the host', async () => {
  const done = await aarun(here.path, ['run', 'all', '-i', 'one', '-i', 'other/hosts.yaml', '-c', 'local', '-m', 'debug', '-a', 'msg="{{ inventory_dir }} {{ inventory_file }}"'])
  assert.is(done.code, 0, done.err)
  assert.match(done.out, `${path('one')} ${path('one/hosts')}`)
  assert.match(done.out, `${path('other')} ${path('other/hosts.yaml')}`)
})

test('init copies what is tracked, and says what to do next', async () => {
  const done = await aarun(here.path, ['init', 'own pair'])
  assert.is(done.code, 0, done.err)
  assert.match(done.out, /^copied to own pair: \d+ files of aarun \d.*\nnext:\n {2}cd 'own pair'\n/)
  const tracked = execFileSync('git', ['ls-files', 'inventory', 'playbooks'], { cwd: root, encoding: 'utf8' }).trim().split('\n')
  for (const name of tracked) {
    const [mine, theirs] = [readFileSync(path('own pair', name), 'utf8'), readFileSync(join(root, name), 'utf8')]
    assert.is(mine === theirs, name !== model, name)
  }
  assert.is(readFileSync(path('own pair/.gitignore'), 'utf8'), '.aarun/\n')
  assert.not.match(execFileSync('ls', ['-AR', path('own pair')], { encoding: 'utf8' }), /aarun-\d/)
})

test('an owned copy keeps its state beside its inventory, from wherever it is run', async () => {
  for (const [cwd, inventory] of [['own pair', 'inventory/local'], ['.', 'own pair/inventory/local']] as const) {
    const done = await aarun(path(cwd), ['run', 'apim', '-i', inventory, '-m', 'debug', '-a', 'msg="{{ apim_local.directory }} {{ apim.pack[0] }}"'])
    assert.is(done.code, 0, done.err)
    assert.match(done.out, `${path('own pair/inventory/local/.aarun')} ${join(root, 'lab/pack')}`)
  }
  const own = readFileSync(path('own pair', model), 'utf8')
  assert.match(own, /\n {2}# Beside this inventory; -e apim_state=DIRECTORY says otherwise\.\n {2}directory: /)
})

test('the example, too', async () => {
  const done = await aarun(path('own pair'), ['run', 'all:localhost', '-i', 'inventory/example', '-c', 'local', '-m', 'debug', '-a', 'var=apim_local.directory', '-e', 'ansible_become=false'])
  assert.is(done.code, 0, done.err)
  const named = [...done.out.matchAll(/"?apim_local.directory"?: "?([^"\n]*)/g)].map((match) => match[1])
  assert.equal([...new Set(named)], [path('own pair/inventory/example/.aarun')], done.out)
  assert.is(named.length, 5, done.out)
})

test('init again keeps everything, and names what differs', async () => {
  const hosts = path('own pair/inventory/local/hosts.yaml')
  writeFileSync(hosts, 'mine\n')
  const done = await aarun(here.path, ['init', 'own pair'])
  assert.is(done.code, 0, done.err)
  assert.match(done.out, /^nothing to copy to own pair: all files are there\nkept as they are, because they were there: \d+\n/)
  assert.match(done.out, /\n {2}inventory\/local\/hosts\.yaml \(differs from that of aarun .*\)\n/)
  assert.match(done.out, /\n {2}playbooks\/site\.yaml\n/)
  assert.is(readFileSync(hosts, 'utf8'), 'mine\n')
})

test('init where a deployment was begun goes on with that', async () => {
  mkdirSync(path('begun/.aarun/local/secrets'), { recursive: true })
  assert.is((await aarun(path('begun'), ['init', '.'])).code, 0)
  const done = await aarun(here.path, ['run', 'apim[0]', '-i', 'begun/inventory/local', '-m', 'debug', '-a', 'var=apim_local.directory'])
  assert.match(done.out, path('begun/.aarun/local'))
})

test('init follows no link into nowhere, and makes nothing where it can not', async () => {
  mkdirSync(path('linked/inventory/local'), { recursive: true })
  symlinkSync('/nowhere/at/all', path('linked/inventory/local/hosts.yaml'))
  const linked = await aarun(here.path, ['init', 'linked'])
  assert.is(linked.code, 0, linked.err)
  assert.match(linked.out, 'inventory/local/hosts.yaml (differs')
  writeFileSync(path('file'), '')
  const blocked = await aarun(here.path, ['init', 'file'])
  assert.match(blocked.err, /^ERROR! .*\/file is a file, and a directory is needed there\n {2}give another directory/)
  assert.equal([blocked.code, blocked.out], [5, ''])
  mkdirSync(path('half'))
  writeFileSync(path('half/playbooks'), '')
  assert.is((await aarun(here.path, ['init', 'half'])).code, 5)
  assert.not.ok(existsSync(path('half/inventory')))
  assert.match((await aarun(here.path, ['init'])).err, /missing required argument 'directory'/)
  assert.match((await aarun(here.path, ['init', '--help'])).out, /A\s+file\s+that\s+exists\s+already\s+is\s+kept/)
})

test.run()
