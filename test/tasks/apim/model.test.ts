/** The data model: what is wrong with it, where it was written, and what was probably meant. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createTemplar, type Scope } from '../../../src/template/index.ts'
import { loadYaml, positionOf } from '../../../src/yaml/index.ts'
import model from '../../../tasks/apim/model.ts'
import { allPaths } from '../../../tasks/apim/model/findings.ts'
import { apimSchema, nodeSchema } from '../../../tasks/apim/model/schema.ts'
import { root } from '../../program.ts'
import { makeContext } from '../harness/context.ts'
import { makeFacts } from '../harness/facts.ts'

const releases = ['3.0', '3.2', '4.0', '4.2', '4.6', '4.7']
const shipped = readFileSync(join(root, 'inventory/example/group_vars/all/apim.yaml'), 'utf8').replaceAll(/"\{\{ apim_secrets\.\w+ \}\}"/g, 'abcdefgh')
const nodes = {
  node1: { address: 'node1.example.com', offset: 0, home: '/opt/wso2/wso2am' },
  node2: { address: 'node2.example.com', offset: 0, home: '/opt/wso2/wso2am' },
}

interface Result { findings: string[]; grave: string[]; untold: string[] }

/** What is said of a model: that of inventory/example with some text replaced, and other nodes. */
function look(change: (text: string) => string = (text) => text, others: Record<string, unknown> = nodes): Result {
  const text = change(shipped)
  const vars = loadYaml({ name: 'apim.yaml', text }).value as Record<string, unknown>
  const hostvars = Object.fromEntries(Object.entries(others).map(([name, apim_node]) => [name, apim_node === undefined ? {} : { apim_node }]))
  const all: Record<string, unknown> = { ...vars, hostvars }
  const scope: Scope = { lookup: (name) => (Object.hasOwn(all, name) ? { value: all[name], template: true } : undefined), names: () => new Set(Object.keys(all)) }
  const templar = createTemplar()
  const origin = (name: string, path: string[]) => {
    const parent = path.slice(0, -1).reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], vars[name])
    return path.length === 0 || typeof parent !== 'object' || parent === null ? undefined : positionOf(parent, path.at(-1), 'key')
  }
  const context = makeContext({ context: { evaluate: (expression) => templar.expression(expression, scope), hosts: () => Object.keys(others), origin } })
  return model.plan({ releases, group: 'apim' }, makeFacts(), context).result as unknown as Result
}

/** Replaces text that has to be there. */
const swap = (from: string, to: string) => (text: string) => {
  assert.ok(text.includes(from), `the model has no ${from}`)
  return text.replace(from, () => to)
}
const lineOf = (text: string, part: string) => text.slice(0, text.indexOf(part)).split('\n').length

test('the example is sound', () => {
  assert.equal(look(), { findings: [], grave: [], untold: [] })
})

test('a key that there is not is named with its place and the nearest one, at each depth', () => {
  const typed = swap('jvm_memory', 'jvm_memry')
  assert.equal(look(typed).findings, [`apim.jvm_memry (apim.yaml:${lineOf(typed(shipped), 'jvm_memry')}:3) is no key of the data model; did you mean apim.jvm_memory?`])
  assert.match(look(swap('user: shared', 'usr: shared')).findings.join('\n'), /^apim\.database\.shared_db\.user is missing: its account\napim\.database\.shared_db\.usr \(apim\.yaml:\d+:7\) is no key of the data model; did you mean apim\.database\.shared_db\.user\?$/m)
  assert.match(look(swap("    kind: nginx\n", "    kind: nginx\n    ports: { wss: 1, wws: 2 }\n")).findings.join(), /apim\.loadbalancer\.ports\.wws \(apim\.yaml:\d+:\d+\) is no key of the data model; did you mean apim\.loadbalancer\.ports\.(ws|wss)\?/)
  // One that belongs elsewhere.
  assert.match(look(swap('  sample_api', '  mode: none\n  sample_api')).findings.join(), /apim\.mode .* did you mean apim\.content_sync\.mode\?/)
  assert.match(look(swap('  sample_api', '  colour: red\n  sample_api')).findings.join(), /apim\.colour .*is no key of the data model: apim has version, pack, /)
  assert.match(look(undefined, { ...nodes, node2: { ...nodes.node2, ofset: 1 } }).findings.join(), /hostvars\['node2'\]\.apim_node\.ofset .*did you mean apim_node\.offset\?/)
})

test("the product's own keys are free", () => {
  const settings = "  settings: { apim: { cors: { allow_origins: ['*'] } }, mail: { password: '$secret{mail}' } }\n  secrets: { mail: x }\n"
  assert.equal(look(swap('  sample_api', `${settings}  sample_api`)).findings, [])
  assert.equal(look(swap('enabled: false', 'enabled: false\n    settings: { type: moesif, anything: { else: 1 } }')).findings, [])
  const lost = look(swap('  sample_api', `${settings.replace('secrets: { mail: x }', 'secrets: {}')}  sample_api`)).findings
  assert.match(lost.join(), /apim\.settings \(apim\.yaml:\d+:3\) names \$secret\{mail\}, but apim\.secrets has no such alias/)
})

test('accounts of Oracle are made by its administrator', () => {
  assert.equal(look((text) => text.replace('type: postgresql', 'type: oracle').replace(/ +admin_user: postgres\n/, '').replace(/ +admin_password: .*database_admin.*\n/, '')).findings, [])
})

const wrong: Record<string, [change: (text: string) => string, says: RegExp]> = {
  'a port that is text': [swap('portal_port: 443', 'portal_port: many'), /apim\.portal_port \(.*\) is 'many': expected a whole number/],
  'a port that is too high': [swap('portal_port: 443', 'portal_port: 70000'), /apim\.portal_port \(.*\) is '70000': expected a port, 1 to 65535/],
  'a mapping instead of text': [swap('hostname: api.example.com', 'hostname: { a: b }'), /apim\.hostname \(.*\) is a mapping: expected text/],
  'nothing': [swap('hostname: api.example.com', 'hostname:'), /apim\.hostname \(.*\) is empty: expected text/],
  'a word that is no boolean': [swap('service: true', 'service: perhaps'), /apim\.service \(.*\) is 'perhaps': expected true or false/],
  'a kind of database': [swap('type: postgresql', 'type: postgres'), /apim\.database\.type \(.*\) is 'postgres': expected postgresql.* or /],
  'nobody who makes accounts': [swap('    admin_user: postgres\n', ''), /apim\.database\.admin_user is missing: who makes accounts and databases on postgresql/],
  'a key that is missing': [swap('  gateway_hostname: gw.example.com\n', ''), /apim\.gateway_hostname is missing: what API clients type/],
  'a version that is a number': [swap("version: '3.2.0'", 'version: 4.2'), /apim\.version \(.*\) is '4\.2'; expected one of 3\.0, .*\(in quotes\)/],
  'a version that is not known': [swap("version: '3.2.0'", "version: '2.6.0'"), /apim\.version \(.*\) is '2\.6\.0'; expected one of/],
  'an export that is missing': [swap('    export: nfs.example.com:/export/apim\n', ''), /apim\.content_sync\.export is missing: apim\.content_sync\.mode is nfs/],
  'a mount that is not told': [swap("mode: \"{{ 'none' if apim.version is version('4.0', '>=') else 'nfs' }}\"", 'mode: mount'), /apim\.content_sync\.mount is missing: apim\.content_sync\.mode is mount/],
}
for (const [what, [change, says]] of Object.entries(wrong))
  test(`${what} is grave: nothing can be planned with it`, () => {
    const { findings, grave } = look(change)
    assert.match(findings.join('\n'), says)
    assert.equal(grave, findings)
  })

const bad: Record<string, [change: (text: string) => string, says: RegExp]> = {
  'one port for portals and gateway': [swap('portal_port: 443', 'portal_port: 8243'), /apim\.gateway_port \(.*\) is the same as apim\.portal_port/],
  "MariaDB's driver": [swap('driver: /usr/share/java/postgresql.jar', 'driver: /x/MariaDB-java-client.jar'), /does not start with MariaDB's driver.*Connector\/J/],
  'a cluster of MySQL': [(text) => swap("private: ''\n    driver", 'private: /srv/db\n    driver')(swap('type: postgresql', 'type: mysql')(text)), /apim\.database\.private .* only a PostgreSQL cluster is made here/],
  'files that nobody shares': [swap("mode: \"{{ 'none' if apim.version is version('4.0', '>=') else 'nfs' }}\"", 'mode: none'), /3\.x keeps its APIs as files, so it must be nfs, mount, directory, rsync or/],
  'a synchronizer of 3.2 in another release': [(text) => swap("mode: \"{{ 'none' if apim.version is version('4.0', '>=') else 'nfs' }}\"", 'mode: database')(swap("version: '3.2.0'", "version: '4.2.0'")(text)), /is database, a choice that only 3\.2 has, and apim\.version is 4\.2\.0: from 4\.0 on .* it is none/],
  'a service of root': [swap('user: wso2carbon', 'user: root'), /apim\.service .* apim\.user must name the user of the server \(not root\)/],
  'no shared key in 4.7': [(text) => swap("version: '3.2.0'", "version: '4.7.0'")(text), /apim\.encryption_key \(.*\) must be 64 hex digits from 4\.7 on/],
  'a range of Java that is turned round': [swap('  jvm_memory', '  java_versions: [17, 11]\n  jvm_memory'), /apim\.java_versions .* is 17 to 11: the lowest comes first/],
}
for (const [what, [change, says]] of Object.entries(bad))
  test(`${what} is found`, () => {
    const { findings, grave } = look(change)
    assert.is(findings.length, 1, findings.join('\n'))
    assert.match(findings[0] as string, says)
    assert.equal(grave, [])
  })

test('a password among mount options is grave, and not shown', () => {
  const { findings, grave } = look(swap('    export: nfs.example.com:/export/apim\n', '    export: nfs.example.com:/export/apim\n    mount: { fstype: cifs, src: //files/apim, opts: "rw,password=s3cret" }\n'))
  assert.equal(findings, grave)
  assert.match(findings.join(), /content_sync\.mount\.opts .*must not hold a password \(password=\).*credentials=FILE/)
  assert.not.match(findings.join(), /s3cret/)
})

test('passwords are judged and never shown', () => {
  const said = look((text) => text.replace('keystore_password: abcdefgh', 'keystore_password: wso2carbon').replace('password: abcdefgh', "password: 's3cret@word'")).findings
  assert.is(said.length, 2)
  assert.match(said.join('\n'), /apim\.admin\.password \(.*\) is not one that the product takes: a password here is 8 or more of/)
  assert.match(said.join('\n'), /apim\.keystore_password \(.*\) is the product's public default; choose another/)
  assert.not.match(said.join(), /s3cret/)
  assert.not.match(look(swap('password: abcdefgh', 'password: { v: s3cret }')).findings.join(), /s3cret/)
})

test('what can not be told now is none of the findings', () => {
  const { findings, untold } = look(swap('admin_password: abcdefgh', "admin_password: \"{{ undef('set APIM_DATABASE_ADMIN_PASSWORD') }}\""))
  assert.equal(findings, [])
  assert.is(untold.length, 1)
  assert.match(untold[0] as string, /^apim\.database\.admin_password: .*set APIM_DATABASE_ADMIN_PASSWORD/)
})

test('nodes have names, ports and homes of their own, however many there are', () => {
  const local = { address: 'localhost', offset: 0, home: '/a' }
  assert.match(look(undefined, { node1: nodes.node1 }).findings.join(), /groups\['apim'\] has one host; an active-active deployment has two or more/)
  assert.match(look(undefined, { node1: nodes.node1, node2: undefined }).findings.join(), /hostvars\['node2'\]\.apim_node is not defined/)
  assert.equal(look(undefined, { a: local, b: { ...local, offset: 1, home: '/b' }, c: { ...local, offset: 2, home: '/c' } }).findings, [])
  const same = look(undefined, { a: local, b: { ...local, home: '/b' }, c: { ...local, offset: 5, home: '/b' } }).findings
  assert.equal(same, [
    "hostvars['b'].apim_node.offset is 0, and 0 on a, which has the same apim_node.address: their ports would collide (9443)",
    "hostvars['c'].apim_node.home is the same as that of b, which has the same apim_node.address",
  ])
  const three = { ...nodes, node3: { ...nodes.node1, address: 'node3.example.com' } }
  assert.equal(look(undefined, three).findings, [])
  assert.equal(look(swap("mode: \"{{ 'none' if apim.version is version('4.0', '>=') else 'nfs' }}\"", 'mode: rsync'), three).findings, [])
  // 9763 of one is 9443 of the other.
  assert.match(look(undefined, { a: local, b: { ...local, offset: 320, home: '/b' } }).findings.join(), /collide \(9763\)/)
})

test('schema and documentation know the same keys', () => {
  const rows = readFileSync(join(root, 'docs/playbooks.md'), 'utf8').split('\n').filter((line) => /^\| `apim/.test(line))
  const documented = rows.flatMap((row) => {
    const names = [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map((match) => match[1] as string)
    const parent = names[0]?.split('.').slice(0, -1).join('.')
    return names.map((name) => (name.startsWith('.') ? parent + name : name))
  })
  const known = [...allPaths(apimSchema, ['apim']), ...allPaths(nodeSchema, ['apim_node'])].map((path) => path.join('.'))
  const undocumented = known.filter((key) => !documented.some((name) => name === key || name.startsWith(`${key}.`) || key.startsWith(`${name}.`)))
  assert.equal(undocumented, [])
  assert.equal(documented.filter((name) => !name.startsWith('apim_local.') && !known.includes(name)), [])
})

test.run()
