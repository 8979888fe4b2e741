import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync, existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createTemplar, runLookup, type LookupContext } from '../../src/template/index.ts'
import { fails, gives } from './cases.ts'
import { scopeOf } from './scope.ts'

const root = mkdtempSync(join(tmpdir(), 'template-test-'))
const put = (name: string, text: string) => {
  mkdirSync(join(root, name, '..'), { recursive: true })
  writeFileSync(join(root, name), text)
}
put('files/a.txt', ' text \n')
put('files/b.txt', 'b')
put('files/app.ini', '[global]\nkey = value # no comment\n[db]\nhost: h1\nPort=5432\n')
put('files/users.csv', 'anna,1,"x, y"\nbert,2,z\n')
put('files/ansible.ini', '[global]\nkey = value\nKey2=v2\n[DEFAULT]\nkey3 = d3\n[db]\nhost: h1\nport=1\nPORTX=2\n')
put('files/app.properties', 'a=1\nb.c = 2\n#x=3\n')
put('files/ansible.csv', 'anna\t1\t2\n')
put('files/quoted.csv', '"a ""q"" b",1\nz,2\n')
put('templates/t.j2', 'Hello {{ name }}{{ extra | default("") }}\n')

const context: LookupContext = {
  file(kind, name) {
    const path = name.startsWith('/') ? name : join(root, kind, name)
    if (!existsSync(path)) throw new Error(`there is no file '${name}'`)
    return path
  },
  readFile: (path) => readFileSync(path, 'utf8'),
  env: (name) => (name === 'HOME' ? '/home/me' : undefined),
  run: (command) => `ran ${command}\n`,
  hostNames: (pattern) => ['h1', pattern],
}
const templar = createTemplar({ context })
const scope = scopeOf({ name: 'World', root })

const cases: [template: string, expected: unknown][] = [
  ["{{ lookup('file', 'a.txt') }}", ' text'],
  ["{{ lookup('ansible.builtin.file', 'a.txt', rstrip=false, lstrip=true) }}", 'text \n'],
  ["{{ lookup('file', 'a.txt', 'b.txt') }}", ' text,b'],
  ["{{ lookup('template', 't.j2') }}", 'Hello World\n'],
  ["{{ lookup('template', 't.j2', template_vars={'extra': '!'}) }}", 'Hello World!\n'],
  ["{{ lookup('env', 'HOME') }}", '/home/me'],
  ["{{ lookup('env', 'NOPE') }}", ''],
  ["{{ lookup('env', 'NOPE', default='d') }}", 'd'],
  ["{{ lookup('pipe', 'date') }}", 'ran date'],
  ["{{ query('inventory_hostnames', 'web') }}", ['h1', 'web']],
  ["{{ lookup('ini', 'key', file='app.ini') }}", 'value # no comment'],
  ["{{ lookup('ini', 'host section=db file=app.ini') }}", 'h1'],
  ["{{ lookup('ini', 'port', section='db', file='app.ini') | int }}", 5432],
  ["{{ lookup('ini', 'nope', section='db', file='app.ini', default='x') }}", 'x'],
  ["{{ lookup('csvfile', 'bert file=users.csv delimiter=,') }}", '2'],
  ["{{ lookup('csvfile', 'anna', file='users.csv', delimiter=',', col=2) }}", 'x, y'],
  ["{{ lookup('first_found', ['none.txt', 'b.txt']) | basename }}", 'b.txt'],
  ["{{ lookup('first_found', {'files': ['none', 'a.txt'], 'paths': [root ~ '/files']}) | basename }}", 'a.txt'],
  ["{{ query('first_found', ['none'], skip=true) }}", []],
  ["{{ query('fileglob', root ~ '/files/*.txt') | map('basename') }}", ['a.txt', 'b.txt']],
  ["{{ query('fileglob', root ~ '/none/*') }}", []],
  ["{{ lookup('file', 'none', errors='ignore') }}", null],
]
for (const [template, expected] of cases) {
  test(template, () => assert.equal(templar.resolve(template, scope), expected))
}

// Expected values are those ansible-core 2.19 gives for the same text and files.
gives([
  ["{{ lookup('ini', 'key') }}", 'value'],
  ["{{ lookup('ini', 'KEY2') }}", 'v2'],
  ["{{ lookup('ini', 'KEY2', case_sensitive=true, default='no') }}", 'no'],
  ["{{ lookup('ini', 'key3', section='db') }}", 'd3'],
  ["{{ query('ini', 'port.*', section='db', re=true) }}", ['1', '2']],
  ["{{ query('ini', 'p.*', section='db', re=true, case_sensitive=true) }}", ['1']],
  ["{{ lookup('ini', 'b.c', type='properties', file='app.properties') }}", '2'],
  ["{{ lookup('ini', 'nope', type='properties', file='app.properties') }}", ''],
  ["{{ query('ini', 'nope', section='db') }}", ['']],
  ["{{ lookup('csvfile', 'anna') }}", '1'],
  ["{{ lookup('csvfile', 'anna', col=2) }}", '2'],
  ["{{ lookup('csvfile', 'nope') }}", []],
  ["{{ query('csvfile', 'nope') }}", []],
  ["{{ lookup('csvfile', 'nope', default='d') }}", 'd'],
  ["{{ lookup('csvfile', '1', file='quoted.csv', delimiter=',', keycol=1, col=0) }}", 'a "q" b'],
  ["{{ lookup('csvfile', 'anna', delimiter='t') }}", []],
  ["{{ lookup('env', 'NOPE') }}|", '|'],
  ["{{ lookup('env', 'HOME', default=undef()) }}", '/home/me'],
  ["{{ lookup('vars', 'a', default=undef()) }}", 1, { a: 1 }],
  ["{{ query('fileglob', '*.ini') | map('basename') }}", ['ansible.ini', 'app.ini']],
  ["{{ query('fileglob', 'nowhere/*.ini') }}", []],
], templar)
fails([
  ["{{ lookup('ini', 'x', section='nosec') }}", "has no section 'nosec'"],
  ["{{ lookup('csvfile', 'anna', col=9) }}", "the row of 'anna' has no column 9"],
  ["{{ lookup('file', 'nope', errors='bogus') }}", "there is no file 'nope'"],
  ["{{ lookup('env', 'NOPE', default=undef()) }}", 'mandatory'],
  ["{{ lookup('env', 'NOPE', default=undef('set NOPE')) }}", 'set NOPE'],
  ["{{ lookup('vars', 'nope', default=undef('set it')) }}", 'set it'],
  ["{{ lookup('ini', 'nope', default=undef('set it')) }}", 'set it'],
  ["{{ lookup('csvfile', 'nope', default=undef('set it')) }}", 'set it'],
  ["{{ query('first_found', ['none', 'neither']) }}", 'found none of: none, neither'],
], templar)

test('password with encrypt keeps its salt beside it', () => {
  for (const [kind, prefix] of [['sha512_crypt', '$6$'], ['sha256_crypt', '$5$']] as const) {
    const path = join(root, `secret/${kind}`)
    const text = `{{ lookup('password', '${path}', encrypt='${kind}') }}`
    const hash = templar.resolve(text, scope) as string
    assert.ok(hash.startsWith(prefix), hash)
    const [, password, salt] = /^(\S{20}) salt=([A-Za-z0-9]{16})\n$/.exec(readFileSync(path, 'utf8'))!
    assert.is(templar.resolve(`{{ '${password}' | password_hash('${kind}', '${salt}') }}`, scope), hash)
    assert.is(templar.resolve(text, scope), hash)
    assert.is(templar.resolve(`{{ lookup('password', '${path}') }}`, scope), password)
    // One that was stored before without a salt gets one.
    writeFileSync(path, 'given\n')
    assert.ok((templar.resolve(text, scope) as string).startsWith(prefix))
    assert.match(readFileSync(path, 'utf8'), /^given salt=[A-Za-z0-9]{16}\n$/)
  }
  assert.throws(() => templar.resolve("{{ lookup('password', '/dev/null', encrypt='md5') }}", scope), /unknown hash 'md5'/)
})

test('password is made once and kept private', () => {
  const path = join(root, 'secret/pw')
  const text = `{{ lookup('password', '${path} length=12 chars=ascii_letters,digits') }}`
  const password = templar.resolve(text, scope) as string
  assert.match(password, /^[A-Za-z0-9]{12}$/)
  assert.is(templar.resolve(text, scope), password)
  assert.is(statSync(path).mode & 0o777, 0o600)
  assert.match(templar.resolve("{{ lookup('password', '/dev/null', length=5, chars=['x']) }}", scope) as string, /^x{5}$/)
})

test('lookups power with_X; the scope may bring its own context', () => {
  assert.equal(runLookup('items', [['{{ name }}', 2], 3], {}, scope), ['World', 2, 3])
  assert.equal(runLookup('dict', [{ a: '{{ name }}' }], {}, scope), [{ key: 'a', value: 'World' }])
  assert.equal(runLookup('nested', [['a', 'b'], [1]], {}, scope), [['a', 1], ['b', 1]])
  assert.equal(runLookup('together', [['a', 'b'], [1, 2]], {}, scope), [['a', 1], ['b', 2]])
  assert.equal(runLookup('env', ['HOME'], {}, scopeOf({}, {}, context)), ['/home/me'])
  assert.throws(() => runLookup('file', ['x'], {}, scope), /not available/)
  assert.throws(() => runLookup('itms', [], {}, scope), /unknown lookup 'itms'/)
})

test.after(() => rmSync(root, { recursive: true, force: true }))
test.run()
