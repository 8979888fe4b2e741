import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type Inventory, loadInventory } from '../../src/inventory/index.ts'
import { type InputError, positions } from '../../src/yaml/index.ts'
import { project } from './files.ts'

const ini = `lone ansible_host=10.0.0.9
mail.example.com:2222

[web]
web[01:03].example.com http_port=80 flag=True text=true list="[1, 'a']" oct=0644 # comment
quoted msg="hello world" other='a b'

[db]
db-[a:c] none=None

[prod:children]
web
db

[prod:vars]
level = prod
tuple=(1, 2)
hash=a#b
spaced = "x y"
neg=-5
dict={'a': 1, "b": [True]}
[web:vars]
level=web
`
const root = project({
  'hosts.ini': ini,
  'group_vars/web/a.yml': 'from_file: web_dir\nlevel: file\n',
  'group_vars/web/b.yaml': 'b: 2\n',
  'group_vars/web/c.txt': 'ignored: 1\n',
  'group_vars/all.yml': 'everyone: all\n',
  'host_vars/lone.json': '{"json": true}',
})
const inventory = loadInventory([join(root, 'hosts.ini')])
const prod = { level: 'prod', tuple: [1, 2], hash: 'a#b', spaced: 'x y', neg: -5, dict: { a: 1, b: [true] } }

function varsOf(from: Inventory, host: string): Record<string, unknown> {
  return Object.assign({}, ...from.layers(host).map((layer) => layer.vars))
}

/** As ansible-inventory (ansible-core 2.19) lists the same files. */
test('variables as Ansible sees them', () => {
  assert.equal(varsOf(inventory, 'lone'), { ansible_host: '10.0.0.9', everyone: 'all', json: true })
  assert.equal(varsOf(inventory, 'mail.example.com'), { ansible_port: 2222, everyone: 'all' })
  assert.equal(varsOf(inventory, 'db-b'), { ...prod, everyone: 'all', none: null })
  const web = { ...prod, everyone: 'all', from_file: 'web_dir', b: 2, level: 'file' }
  assert.equal(varsOf(inventory, 'web02.example.com'), {
    ...web,
    http_port: 80,
    flag: true,
    text: 'true',
    list: [1, 'a'],
    oct: '0644',
  })
  assert.equal(varsOf(inventory, 'quoted'), { ...web, msg: 'hello world', other: 'a b' })
})

test('groups', () => {
  const groups = inventory.groups()
  assert.equal(groups.ungrouped, ['lone', 'mail.example.com'])
  assert.equal(groups.web, ['web01.example.com', 'web02.example.com', 'web03.example.com', 'quoted'])
  assert.equal(groups.prod!.length, 7)
  assert.equal(groups.all!.length, 9)
  assert.equal(inventory.groupNames('db-a'), ['db', 'prod'])
  assert.equal(inventory.groupNames('lone'), ['ungrouped'])
  assert.is(inventory.dirOf('lone'), root)
})

/** Pattern, and what `ansible PATTERN --list-hosts` says (short names). */
const patterns: [string, string][] = [
  ['all', 'lone mail web01 web02 web03 quoted db-a db-b db-c'],
  ['*', 'lone mail web01 web02 web03 quoted db-a db-b db-c'],
  // An empty list of hosts is no host, not all of them.
  ['', ''],
  ['web:&prod', 'web01 web02 web03 quoted'],
  ['prod:!db', 'web01 web02 web03 quoted'],
  ['web[0]', 'web01'],
  ['web[0:1]', 'web01 web02'],
  ['web[-1]', 'quoted'],
  ['~web0[12].*', 'web01 web02'],
  ['db-*', 'db-a db-b db-c'],
  ['web0?.example.com', 'web01 web02 web03'],
  ['db-[ab]', 'db-a db-b'],
  ['localhost', 'localhost'],
  ['nothing', ''],
  ['lone,quoted', 'lone quoted'],
  ['lone, quoted', 'lone quoted'],
  ['!web', 'lone mail db-a db-b db-c'],
  ['&db', 'db-a db-b db-c'],
  ['web[1:]', 'web02 web03 quoted'],
  ['prod[2:4]', 'web03 quoted db-a'],
  ['web:db-a', 'web01 web02 web03 quoted db-a'],
  ['127.0.0.1', '127.0.0.1'],
]
for (const [pattern, expected] of patterns) {
  test(`pattern ${pattern}`, () =>
    assert.is(
      inventory
        .match(pattern)
        .map((name) => name.replace('.example.com', ''))
        .join(' '),
      expected,
    ))
}

test('limit, its file, and pieces that mean nothing', () => {
  assert.equal(inventory.match('prod', { limit: 'db,lone' }), ['db-a', 'db-b', 'db-c'])
  const list = project({ hosts: 'db-a\n# comment\nlone\n' })
  assert.equal(inventory.match('all', { limit: `@${join(list, 'hosts')}` }), ['lone', 'db-a'])
  assert.equal(inventory.unmatched('web:wbe:!x:db-*:y*'), ['wbe', 'y*', 'x'])
  assert.equal(inventory.unmatched('localhost'), [])
  assert.throws(() => inventory.match('~('), /regular expression/)
})

test('the implicit localhost', () => {
  assert.not.ok(inventory.groups().all!.includes('localhost'))
  assert.equal(varsOf(inventory, 'localhost'), { everyone: 'all', ansible_connection: 'local' })
  const named = loadInventory(['localhost,'])
  assert.equal(varsOf(named, 'localhost'), {})
})

test('precedence: one variable in every place', () => {
  const where = [
    'inventory all',
    'inventory parent',
    'inventory child',
    'group_vars/all',
    'playbook group_vars/all',
    'group_vars/parent',
    'group_vars/child',
    'playbook group_vars/child',
    'inventory host',
    'host_vars',
    'playbook host_vars',
  ]
  const tree = project({
    'inv/hosts.yml': `all:
  vars: {x: inventory all}
  children:
    parent:
      vars: {x: inventory parent}
      children:
        child:
          vars: {x: inventory child}
          hosts:
            h: {x: inventory host}
`,
    'inv/group_vars/all.yml': 'x: group_vars/all',
    'group_vars/all.yml': 'x: playbook group_vars/all',
    'inv/group_vars/parent.yml': 'x: group_vars/parent',
    'inv/group_vars/child/main.yml': 'x: group_vars/child',
    'group_vars/child.yml': 'x: playbook group_vars/child',
    'inv/host_vars/h.yaml': 'x: host_vars',
    'host_vars/h.yml': 'x: playbook host_vars',
  })
  const from = loadInventory([join(tree, 'inv/hosts.yml')], { playbookDir: tree })
  assert.equal(
    from.layers('h').map((layer) => layer.vars.x),
    where,
  )
})

test('among groups of one depth: priority, then name', () => {
  const tree = project({
    hosts: '[b]\nh\n[a]\nh\n[c]\nh\n[a:vars]\nx=a\nansible_group_priority=10\n[b:vars]\nx=b\n[c:vars]\nx=c\n',
  })
  const from = loadInventory([join(tree, 'hosts')])
  assert.equal(
    from.layers('h').map((layer) => layer.vars.x),
    ['b', 'c', 'a'],
  )
})

test('several sources, directories and lists are one inventory', () => {
  const tree = project({
    'd/01.ini': '[web]\na x=1\n',
    'd/02.yml': 'web: {hosts: {a: {x: 2}, b: }}\n',
    'd/group_vars/web.yml': 'g: 1\n',
    'd/README.md': 'no inventory',
  })
  const from = loadInventory([join(tree, 'd'), 'c,d[1:2]'])
  assert.equal(
    from.hosts().map((host) => host.name),
    ['a', 'b', 'c', 'd1', 'd2'],
  )
  assert.equal(varsOf(from, 'a'), { x: 2, g: 1 })
})

test('a script', () => {
  const tree = project({
    'inv.sh': `#!/bin/sh\necho '{"web": {"hosts": ["s1", "s2"], "vars": {"v": 1}, "children": ["sub"]}, "sub": ["s3"], "_meta": {"hostvars": {"s1": {"own": true}}}}'\n`,
    'bad.sh': '#!/bin/sh\necho oops >&2; exit 3\n',
    'old.sh': `#!/bin/sh\nif [ "$1" = --list ]; then echo '{"g": ["o1"]}'; else echo '{"name": "'"$2"'"}'; fi\n`,
  })
  for (const name of ['inv.sh', 'bad.sh', 'old.sh']) chmodSync(join(tree, name), 0o755)
  const from = loadInventory([join(tree, 'inv.sh')])
  assert.equal(from.groups().web, ['s1', 's2', 's3'])
  assert.equal(varsOf(from, 's1'), { v: 1, own: true })
  assert.equal(varsOf(loadInventory([join(tree, 'old.sh')]), 'o1'), { name: 'o1' })
  assert.throws(() => loadInventory([join(tree, 'bad.sh')]), /--list failed \(exit 3: oops\)/)
})

test('hosts and groups can be added', () => {
  const from = loadInventory(['a,b,'])
  assert.is(from.addHost('n', ['new', 'web'], { x: 1 }), true)
  assert.is(from.addHost('n', ['new'], { x: 1 }), false)
  assert.equal(from.groups().new, ['n'])
  assert.is(from.addGroup('os_debian', ['os'], ['a']), true)
  assert.is(from.addGroup('os_debian', ['os'], ['a']), false)
  assert.equal(from.match('os'), ['a'])
  assert.equal(from.groups().ungrouped, ['b'])
})

test('files of variables are only read when they are needed', () => {
  const tree = project({ hosts: '[a]\none\n[b]\ntwo\n', 'group_vars/b.yml': '- no mapping\n' })
  const from = loadInventory([join(tree, 'hosts')])
  assert.equal(from.layers('one'), [])
  assert.throws(() => from.layers('two'), /expected a mapping of variables/)
})

test('variables of an INI file know their place', () => {
  const { vars } = inventory.layers('db-a').find((layer) => layer.source === 'inventory, group prod')!
  assert.equal(positions.key(vars, 'spaced'), { file: join(root, 'hosts.ini'), line: 19, column: 1 })
  assert.equal(positions.value(vars, 'spaced'), { file: join(root, 'hosts.ini'), line: 19, column: 10 })
})

/** File, text, message, line, column, hint. */
const mistakes: [string, string, RegExp, number, number, RegExp?][] = [
  ['hosts', '[web]\na\n[wbe:vars]\nx=1\n', /names the group `wbe`/, 3, 1, /did you mean `web`/],
  ['hosts', '[all2:children]\nnope\n', /names the group `nope`/, 2, 1],
  ['hosts', '[web:var]\nx=1\n', /unknown kind of section: var/, 1, 1, /\[web:vars\]/],
  ['hosts', '[web]\n  a b=1 c\n', /expected name=value after the host, got `c`/, 2, 9],
  ['hosts', 'a x="b\n', /quote " is not closed/, 1, 1],
  ['hosts', '[a:vars]\nfoo\n', /expected name = value/, 2, 1],
  ['hosts', 'web[3:1]\n', /range of hosts is empty/, 1, 1],
  ['hosts', '[a:children]\nb\n[b:children]\na\n', /can not contain/, 4, 1],
  ['hosts.yml', 'all:\n  hots:\n    a:\n', /not `hots`/, 2, 3, /did you mean `hosts`/],
  ['hosts.yml', 'all:\n  hosts:\n    - a\n', /expected hosts to be a mapping, got a list/, 3, 5, /colon/],
  ['hosts.yml', 'web:\n  hosts:\n    web:\n', /already the name of a group/, 3, 5],
  ['hosts.yml', '- a\n', /expected the inventory to be a mapping/, 1, 1],
]
for (const [name, text, message, line, column, hint] of mistakes) {
  test(`mistake: ${JSON.stringify(text)}`, () => {
    const file = join(project({ [name]: text }), name)
    try {
      loadInventory([file])
      assert.unreachable()
    } catch (error) {
      const { message: told, position, hint: toldHint } = error as InputError
      assert.match(told, message)
      assert.equal(position, { file, line, column })
      if (hint) assert.match(toldHint ?? '', hint)
    }
  })
}

test('a source that is not there', () => assert.throws(() => loadInventory(['/no/inventory']), /inventory not found/))

test.run()
