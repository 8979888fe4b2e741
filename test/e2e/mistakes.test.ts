/** Slips of the pen in playbooks, inventory, model and command line: what is said, where, and that nothing is touched. */
import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type Ran, Site } from './site.ts'

const site = await Site.make()
const model = 'inventory/local/group_vars/all/apim.yaml'

interface Mistake {
  /** The file with the mistake; the text is replaced once. */
  file?: string
  from?: string
  to?: string
  args?: string[]
  /** What must be said, in this order. `LINE` stands for the line in which the mistake is. */
  says: string[]
  exit?: number
}

const mistakes: Record<string, Mistake> = {
  'a variable': {
    file: 'playbooks/steps/gateway.yaml', from: '"{{ apim_node.offset }}"', to: '"{{ apim_nod.offset }}"',
    says: ['gateway.yaml:LINE:COLUMN:', '`apim_nod` is not defined', '^', 'did you mean `apim_node`?'],
  },
  'a key of the data model': {
    file: 'playbooks/steps/database.yaml', from: 'database: "{{ apim.database }}"', to: 'database: "{{ apim.databse }}"',
    says: ['database.yaml:LINE:COLUMN:', '`apim.databse` is not defined', '^', 'did you mean `database`?'],
  },
  'a key deep in the data model': {
    file: 'playbooks/steps/database.yaml', from: 'database.apim_db.user', to: 'database.apim_db.usr',
    says: ['database.yaml:LINE:COLUMN:', '`database.apim_db.usr` is not defined', '^', 'did you mean `user`?'],
  },
  'a variable in a condition': {
    file: 'playbooks/steps/content-sync.yaml', from: "apim.content_sync.mode in ['nfs', 'mount']", to: "apim.content_sync.mod in ['nfs', 'mount']",
    says: ['content-sync.yaml:LINE:COLUMN:', '`apim.content_sync.mod` is not defined', '^', 'did you mean `mode`?'],
  },
  'a variable in the data model itself': {
    file: model, from: 'apim_local.directory }}/postgresql', to: 'apim_local.directroy }}/postgresql',
    says: ['apim.yaml:LINE:COLUMN:', '`apim_local.directroy` is not defined', '^', 'did you mean `directory`?'],
  },
  'a key that the data model lacks': {
    file: model, from: '  gateway_hostname: localhost\n', to: '',
    says: ['certificate.yaml:', '`apim.gateway_hostname` is not defined', '^', 'it has: version,'],
  },
  'a variable in a template file': {
    file: 'playbooks/templates/nginx.conf.j2', from: 'server(apim.gateway_port,', to: 'server(apim.gatway_port,',
    says: ['nginx.conf.j2:LINE:COLUMN:', '`apim.gatway_port` is not defined', '^', 'did you mean `gateway_port`?'],
  },
  'a module': {
    file: 'playbooks/steps/certificate.yaml', from: '      keystore:\n        path: "{{ security }}/apim.jks"', to: '      keystroe:\n        path: "{{ security }}/apim.jks"',
    says: ['certificate.yaml:LINE:7:', 'unknown module `keystroe`', '^', 'did you mean `keystore`?'],
  },
  'an argument': {
    file: 'playbooks/steps/certificate.yaml', from: 'old_password:', to: 'oldpassword:',
    says: ['certificate.yaml:LINE:9:', 'keystore has no argument `oldpassword`', '^', 'did you mean `old_password`?'],
  },
  'a key within an argument': {
    file: 'playbooks/steps/certificate.yaml', from: 'private_key: "{{ security }}/primary.key"', to: 'privat_key: "{{ security }}/primary.key"',
    says: ['certificate.yaml:LINE:11:', 'keystore: key_pair has no key `privat_key`', '^', 'did you mean `private_key`?'],
  },
  'an argument that is missing': {
    file: 'playbooks/steps/certificate.yaml', from: '        path: "{{ security }}/apim.jks"\n', to: '',
    says: ['certificate.yaml:', 'keystore needs the argument `path`'],
  },
  'a value of the wrong type': {
    file: 'playbooks/steps/install.yaml', from: 'force: false', to: 'force: maybe',
    says: ['install.yaml:LINE:16:', 'copy: force: expected yes or no, got `maybe`', '^'],
  },
  'a mode that is none': {
    file: 'playbooks/steps/install.yaml', from: "mode: '0755'", to: 'mode: rwx',
    says: ['install.yaml:LINE:15:', "expected a mode such as '0644'", 'got `rwx`', '^'],
  },
  'a value that is none of the choices': {
    file: 'playbooks/steps/loadbalancer.yaml', from: 'state: reloaded', to: 'state: reload',
    says: ['loadbalancer.yaml:LINE:20:', 'expected `reloaded`, `started` or `stopped`', '^', 'did you mean `reloaded`?'],
  },
  'a host pattern': {
    file: 'playbooks/steps/throttling.yaml', from: 'hosts: apim', to: 'hosts: apmi',
    says: ['throttling.yaml:LINE:10:', 'there is no host or group `apmi` in the inventory', '^', 'did you mean `apim`?'],
  },
  'a keyword': {
    file: 'playbooks/steps/second-node.yaml', from: '      no_log: true', to: '      nolog: true',
    says: ['second-node.yaml:LINE:7:', '`nolog` is not a keyword of a task', '^', 'did you mean `no_log`?'],
  },
  'a handler': {
    file: 'playbooks/steps/analytics.yaml', from: '  tasks:\n    - name: Analytics in deployment.toml\n',
    to: '  handlers:\n    - name: Restart\n      debug:\n  tasks:\n    - name: Analytics in deployment.toml\n      notify: Restrat\n',
    says: ['analytics.yaml:', ':15: there is no handler `Restrat`', '^', 'did you mean `Restart`?'],
  },
  'a template file': {
    file: 'playbooks/steps/loadbalancer.yaml', from: 'nginx.conf.j2', to: 'ngin.conf.j2',
    says: ['loadbalancer.yaml:LINE:18:', 'file not found: ../templates/ngin.conf.j2', '^', 'did you mean `nginx.conf.j2`?'],
  },
  'a playbook that is imported': {
    file: 'playbooks/site.yaml', from: 'steps/throttling.yaml', to: 'steps/throtling.yaml',
    says: ['site.yaml:LINE:20:', 'file not found: steps/throtling.yaml', '^', 'looked for:', '/playbooks/steps/throtling.yaml'],
  },
  'the syntax of an expression': {
    file: 'playbooks/steps/throttling.yaml', from: '{{ apim_node.address }}', to: '{{ apim_node.address | }}',
    says: ['throttling.yaml:LINE:COLUMN:', '^'],
  },
  'the syntax of a template file': {
    file: 'playbooks/templates/nginx.conf.j2', from: '{% endfor %}', to: '{% endfr %}',
    says: ['nginx.conf.j2:LINE:COLUMN:', "unknown statement 'endfr'", '^', "did you mean 'endfor'?"],
  },
  'a filter': {
    file: 'playbooks/steps/database.yaml', from: '| basename', to: '| basname',
    says: ['database.yaml:LINE:COLUMN:', "unknown filter 'basname'", '^', "did you mean 'basename'?"],
  },
  'a test': {
    file: 'playbooks/steps/hardening.yaml', from: "is version('4.7'", to: "is versoin('4.7'",
    says: ['hardening.yaml:LINE:COLUMN:', "unknown test 'versoin'", '^', "did you mean 'version'?"],
  },
  'the indentation of a task': {
    file: 'playbooks/steps/second-node.yaml', from: '    - name: The nodes differ', to: '   - name: The nodes differ',
    says: ['second-node.yaml:LINE:4:', '^', 'check the indentation'],
  },
  'a quote that is not closed': {
    file: model, from: "  version: '3.2.0'", to: "  version: '3.2.0",
    says: ['apim.yaml:', 'quote', '^'],
  },
  'a key that is written twice': {
    file: model, from: '  gateway_hostname: localhost\n', to: '  gateway_hostname: localhost\n  hostname: other\n',
    says: ['apim.yaml:', 'the key `hostname` is written twice', '^', 'keep one of them'],
  },
  'a tag': { args: ['-t', 'throtling'], says: ['--tags', 'nothing has the tag `throtling`', 'did you mean `throttling`?'] },
  'a limit': { args: ['-l', 'nod1'], says: ['--limit', '`nod1`', 'did you mean `node1`?'] },
  'an option': { args: ['--chek'], exit: 5, says: ["unknown option '--chek'", 'Did you mean --check?'] },
  'an inventory': { args: ['-i', 'inventory/locl'], says: ['inventory not found: inventory/locl', 'did you mean `inventory/local`?'] },
}

/** The line and column in which two texts begin to differ, as a pattern for the message. */
function place(before: string, after: string): { line: number } {
  const lines = after.split('\n')
  const old = before.split('\n')
  return { line: lines.findIndex((text, index) => text !== old[index]) + 1 }
}

for (const [what, { file, from, to, args = [], says, exit = 4 }] of Object.entries(mistakes)) {
  test(`a mistake in ${what} is found before anything is connected to`, async () => {
    const done = await withEdit(file, from, to, async (line) => {
      const before = site.treeHash()
      const ran = await site.cli('playbooks/site.yaml', ...args)
      assert.is(site.treeHash(), before)
      return { ...ran, line }
    })
    assert.is(done.exitCode, exit, done.stderr)
    assert.is(done.stdout, '')
    assertSays(done.stderr, says.map((text) => text.replace('LINE', String(done.line))))
    assert.not.match(done.stderr, /\n\s+at .*:\d+:\d+|undefined|\[object/)
    assert.not.ok(existsSync(site.path('.aarun')), 'no mistake may leave a trace')
  })
}

/** Wrong values, which only the playbook knows to be wrong: what is not grave comes with what is wrong on the hosts. */
const values: Record<string, Mistake & { grave?: boolean }> = {
  'one node': { file: 'inventory/local/hosts.yaml', from: '        node2:\n', to: '', grave: true, says: ["groups['apim'] has one host; an active-active deployment has two or more"] },
  'the same ports twice': {
    file: 'inventory/local/host_vars/node2.yaml', from: 'apim_local.offset + 1', to: 'apim_local.offset',
    says: ["hostvars['node2'].apim_node.offset (", 'node2.yaml:LINE:3) is', 'on node1, which has the same apim_node.address: their ports would collide'],
  },
  'a version that is too old': { file: model, from: "'3.2.0'", to: "'2.6.0'", grave: true, says: ['apim.version (', "apim.yaml:LINE:3) is '2.6.0'; expected one of 3.0, 3.1, 3.2, 4.0, 4.1,", "such as '3.2.0' or '4.2.0' (in quotes)"] },
  'a key that there is not': { file: model, from: 'jvm_memory', to: 'jvm_memry', says: ['apim.jvm_memry (', 'apim.yaml:LINE:3) is no key of the data model; did you mean apim.jvm_memory?'] },
  'an unknown database': { file: model, from: 'type: postgresql', to: 'type: postgres', grave: true, says: ["is 'postgres': expected postgresql"] },
  'a password that the product breaks on': {
    file: model, from: 'password: "{{ apim_secrets.admin }}"', to: 'password: s3cret@word',
    says: ['apim.admin.password (', ') is not one that the product takes: a password here is 8 or more of A-Z a-z 0-9 . _ ~ -'],
  },
}

for (const [what, { file, from, to, says, grave }] of Object.entries(values)) {
  test(`the data model with ${what} ends the run before anything is changed`, async () => {
    const [ran, line] = await withEdit(file, from, to, async (number) => [await site.run('site.yaml'), number] as const)
    refused(ran, [grave ? 'playbooks/steps/model.yaml:' : 'playbooks/preflight.yaml:', ...says.map((text) => text.replace('LINE', String(line)))])
    assert.not.match(ran.text, /s3cret@word/)
  })
}

const settings = (text: string) => ({ file: model, from: '  sample_api: true', to: `  settings: ${text}\n  sample_api: true` })

test('a misspelt key of the settings stops the run before a change, by the rules of the pack', async () => {
  const { file, from, to } = settings('{ server: { ofset: 3 }, transport: { http: { enable: false } } }')
  const ran = await withEdit(file, from, to, () => site.run('site.yaml'))
  assert.is(ran.exit, 2, ran.stderr)
  assert.is(ran.failures.length, 1, ran.failures.join('\n'))
  const release = 'WSO2 API Manager v3.2.0 (stand-in)'
  assertSays(ran.failures[0] as string, ['playbooks/steps/keys.yaml:', `server.ofset is read by nothing in ${release}; did you mean server.offset?`, `transport.http.enable is read by nothing in ${release}`])
  assert.equal(ran.changed, [])
  assert.not.ok(existsSync(site.local('node1')))
})

test('check mode with --diff shows what a key does to the files of the product, and no secret', async () => {
  const { file, from, to } = settings('{ server: { offset: 77 }, database: { apim_db: { password: open-sesame } } }')
  for (const layer of ['lab/pack', 'lab/releases/3.2.0']) cpSync(site.path(layer), site.home(1), { recursive: true })
  const ran = await withEdit(file, from, to, () => site.cli('playbooks/steps/settings.yaml', '--check', '--diff', '--limit', 'node1'))
  assert.is(ran.exitCode, 0, ran.stderr)
  assertSays(ran.stdout, ['+++ after: ', 'deployment.toml', '+offset = 77', '+++ after: repository/conf/carbon.xml', '+        <Offset>77</Offset>', '+++ after: repository/conf/datasources/master-datasources.xml', '<password>********</password>'])
  assert.not.match(ran.stdout, 'sesame')
})
test('a step alone looks at the data model only, and asks no host', async () => {
  const ran = await withEdit(model, 'jvm_memory', 'jvm_memry', () => site.run('site.yaml', '-t', 'throttling'))
  refused(ran, ['playbooks/preflight.yaml:', 'one thing stands in the way', 'apim.jvm_memry'])
  assert.not.ok(ran.events.some((event) => event.event === 'result' && event.host === 'db'))
})

test('what is wrong in the model, the pack and on the hosts is said in one message', async () => {
  const portals = createServer().listen(9443 + site.offset + 1, '127.0.0.1')
  const before = readFileSync(site.path(model), 'utf8')
  try {
    site.edit(model, (text) =>
      text
        .replace('gateway_hostname: localhost', 'gateway_hostname: gw.invalid')
        .replace("else 'directory' }}\"", "else 'nfs' }}\"\n    export: 'localhost:/apim'")
        .replace('jvm_memory', 'jvm_memry'),
    )
    site.edit('lab/releases/3.2.0/bin/version.txt', () => 'WSO2 API Manager v3.1.0\n')
    // Somebody who may not install a program; this one is on no machine.
    site.edit('playbooks/includes/programs.yaml', (text) => text.replace('program: mount.nfs4', 'program: mount.none'))
    for (const check of [[], ['--check']]) {
      const ran = await site.run('site.yaml', ...check, '-e', '{"installs": false}')
      refused(ran, [
        'playbooks/preflight.yaml:', '6 things stand in the way of this run; nothing was changed:',
        'apim.jvm_memry', 'did you mean apim.jvm_memory?',
        'the pack ', 'is WSO2 API Manager v3.1.0, but apim.version is 3.2.0',
        'node1, node2: gw.invalid does not resolve here',
        'node1, node2: localhost:2049 (the share) can not be reached from here: nothing listens there',
        'node1, node2: lacks mount.none. ', 'nfs-common',
        `node2: port ${9443 + site.offset + 1} (portals) is taken by `, `process ${process.pid}`,
      ])
    }
  } finally {
    portals.close()
    site.edit(model, () => before)
  }
})

/** One failure, in these words; nothing was made but passwords, which are made up when they are looked at. */
function refused(ran: Ran, says: string[]): void {
  assert.is(ran.exit, 2, ran.stderr)
  assert.is(ran.failures.length, 1, ran.failures.join('\n'))
  assertSays(ran.failures[0] as string, says)
  assert.equal(ran.changed, [])
  const made = existsSync(site.local()) ? readdirSync(site.local()) : []
  assert.equal(made.filter((name) => name !== 'secrets'), [])
  assert.not.ok(existsSync(join(site.local('secrets'), 'tls')))
}

/** Runs with the file changed, and changes it back. */
async function withEdit<T>(file: string | undefined, from = '', to = '', work: (line: number) => Promise<T>): Promise<T> {
  if (file === undefined) return await work(0)
  let before = ''
  let line = 0
  site.edit(file, (text) => {
    before = text
    const after = text.replace(from, () => to)
    assert.is.not(after, text, `${file} has no ${from}`)
    line = place(text, after).line
    return after
  })
  try {
    return await work(line)
  } finally {
    site.edit(file, () => before)
    // A mistake that was not noticed must not spoil the tests that follow.
    if (existsSync(site.local('node1'))) await site.run('teardown.yaml')
    if (existsSync(site.path('.aarun'))) rmSync(site.path('.aarun'), { recursive: true })
  }
}

/** All of the texts, in this order; COLUMN is any number. */
function assertSays(text: string, parts: string[]): void {
  let rest = text
  for (const part of parts) {
    const pattern = new RegExp(part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace('COLUMN', '\\d+'))
    const found = pattern.exec(rest)
    assert.ok(found, `expected '${part}' in:\n${text}`)
    rest = rest.slice((found as RegExpExecArray).index + (found as RegExpExecArray)[0].length)
  }
}

test.after(async () => {
  await site.remove()
})
test.run()
