import { test } from 'uvu'
import * as assert from 'uvu/assert'
import fc from 'fast-check'
import toml from '@iarna/toml'
import { TomlSyntaxError } from '../../../src/product/index.ts'
import { merge, parse, plain, removeAt, same, type MergeKeys, type Table } from '../../../tasks/apim/toml/values.ts'
import { edit, isExplicit } from '../../../tasks/apim/toml/edit.ts'
import { namesSecret } from '../../../src/text/secret-names.ts'
import { maskSides, secretBy } from '../../../tasks/apim/toml/mask.ts'
import { join, scan } from '../../../tasks/apim/toml/scan.ts'
import { DEPLOYMENT } from './toml-deployment.ts'

const OPTIONS = { last: ['secrets'], parentsFirst: true }

function change(text: string, values: object, how: { absent?: string[][]; keys?: MergeKeys } = {}): string {
  const desired = parse(text)
  for (const path of how.absent ?? []) removeAt(desired, path, (keys) => isExplicit(text, keys))
  const wanted = merge(desired, plain(values), how.keys ?? {}) as Table
  const edited = edit(text, wanted, OPTIONS)
  assert.ok(same(parse(edited), wanted), edited)
  assert.is(edit(edited, wanted, OPTIONS), edited, 'a second edit changes nothing')
  return edited
}

/** Lines of `b` that are not in `a`, and those of `a` that are not in `b`. */
function difference(a: string, b: string): { added: string[]; removed: string[] } {
  const [left, right] = [a.split('\n'), b.split('\n')]
  const minus = (from: string[], what: string[]) => {
    const rest = [...what]
    return from.filter((line) => {
      const index = rest.indexOf(line)
      if (index !== -1) rest.splice(index, 1)
      return index === -1
    })
  }
  return { added: minus(right, left), removed: minus(left, right) }
}

test('scan and join give the text back', () => assert.is(join(scan(DEPLOYMENT)), DEPLOYMENT))

test('values that are there already change nothing', () => {
  assert.is(
    change(DEPLOYMENT, { server: { hostname: 'localhost' }, apim: { cors: { allow_methods: ['GET', 'PUT', 'POST'] } } }),
    DEPLOYMENT,
  )
})

test('one value is one line, and its comment stays', () => {
  assert.equal(difference(DEPLOYMENT, change(DEPLOYMENT, { server: { hostname: 'gw.example.com' } })), {
    added: ['hostname = "gw.example.com" # public name'],
    removed: ['hostname = "localhost" # public name'],
  })
})

test('a key goes behind its commented-out twin', () => {
  assert.match(change(DEPLOYMENT, { server: { offset: 1 } }), '#offset=0\noffset = 1\n')
})

test('references are ordinary texts', () => {
  const edited = change(DEPLOYMENT, {
    server: { a: '$ref{server.hostname}', b: '${carbon.home}/x', c: '$secret{alias}', d: '$env{X}' },
  })
  assert.match(edited, 'a = "$ref{server.hostname}"\nb = "${carbon.home}/x"\nc = "$secret{alias}"\nd = "$env{X}"\n')
})

test('a parent table goes before its sub-tables', () => {
  const edited = change(DEPLOYMENT, { apim: { enable_secure_vault: true } })
  assert.ok(edited.indexOf('[apim]\n') < edited.indexOf('[[apim.'))
  assert.ok(edited.indexOf('[apim]\n') !== -1)
  const wrong = '[apim.x]\na = 1\n\n# of apim\n[apim]\nb = 2\n'
  assert.is(change(wrong, {}), '# of apim\n[apim]\nb = 2\n\n[apim.x]\na = 1\n')
})

test('a new table goes behind its relatives, others before [secrets]', () => {
  const edited = change(DEPLOYMENT, { database: { other: { type: 'mysql', pool_options: { maxActive: 50 } } }, zeta: { a: 1 } })
  const headers = edited.match(/^\[.*\]$/gm)!
  assert.is(headers[headers.indexOf('[database.shared_db]') + 1], '[database.other]')
  assert.is(headers[headers.indexOf('[database.other]') + 1], '[database.other.pool_options]')
  assert.equal(headers.slice(-2), ['[zeta]', '[secrets]'])
})

test('[secrets] is moved to the end, and comments out of it', () => {
  const text = '[secrets] # last?\na = "x" # c\n# commented\nb = "y"\n\n[server]\nc = 1'
  assert.is(change(text, {}), '[server]\nc = 1\n\n# last?\n# c\n# commented\n[secrets]\na = "x"\nb = "y"\n')
  const end = change(DEPLOYMENT, { secrets: { keystore_password: '[x]' } })
  assert.match(end, /\[secrets\]\nadmin_password = "\[x\]"\nkeystore_password = "\[x\]"\n$/)
})

test('arrays of tables: replace, shorten, lengthen, merge by a key', () => {
  const environment = (list: object[], keys?: MergeKeys) =>
    change(DEPLOYMENT, { apim: { gateway: { environment: list } } }, { keys })
  const merged = environment(
    [
      { name: 'Default', ws_endpoint: 'ws://gw:9099' },
      { name: 'New', type: 'hybrid' },
    ],
    { '*': 'name' },
  )
  assert.equal(difference(DEPLOYMENT, merged), {
    added: ['ws_endpoint = "ws://gw:9099"', '[[apim.gateway.environment]]', 'name = "New"', 'type = "hybrid"', ''],
    removed: ['ws_endpoint = "ws://localhost:9099"'],
  })
  const one = environment([{ name: 'Only' }])
  assert.is(one.match(/\[\[apim\.gateway\.environment\]\]/g)!.length, 1)
  const none = change(DEPLOYMENT, {}, { absent: [['apim', 'gateway', 'environment']] })
  assert.not.match(none, 'apim.gateway.environment')
  const three = environment([{ name: '1', deep: { x: 1 } }, { name: '2' }, { name: '3', list: [{ a: 1 }, { b: 2 }] }])
  assert.is(three.match(/\[\[apim\.gateway\.environment\.list\]\]/g)!.length, 2)
})

test('removing a table keeps the comments around it', () => {
  const edited = change(DEPLOYMENT, {}, { absent: [['super_admin'], ['server', 'node_ip'], ['not', 'there']] })
  assert.equal(difference(DEPLOYMENT, edited).added, [])
  assert.match(edited, '# --- databases ---\n[database.apim_db]')
  assert.not.match(edited, 'node_ip')
})

test('a list over several lines keeps its comments', () => {
  const edited = change(DEPLOYMENT, { apim: { cors: { allow_headers: ['authorization', 'SOAPAction', 'X-New'] } } })
  assert.match(edited, '"authorization", # the token')
})

test('dotted keys stay dotted', () => {
  assert.is(
    change('a.b = 1\n\n[x]\ny.z = 1\n', { a: { c: 2 }, x: { y: { w: { v: 1 } } } }),
    'a.b = 1\na.c = 2\n\n[x]\ny.z = 1\ny.w = { v = 1 }\n',
  )
})

test('keys before the first table, comment at the top', () => {
  assert.is(change('# top\n\n[a]\n', { x: 1 }), '# top\n\nx = 1\n\n[a]\n')
  assert.is(change('[a]\n', { x: 1 }), 'x = 1\n\n[a]\n')
  assert.is(change('# of a\n[a]\n', { x: 1 }), 'x = 1\n\n# of a\n[a]\n')
  assert.is(change('', { x: 1, t: { y: true } }), 'x = 1\n\n[t]\ny = true\n')
})

test('line ends, missing last line end and byte order mark stay', () => {
  assert.is(change('a = 1\r\n[t]\r\nb = 2', { t: { c: 3 } }), 'a = 1\r\n[t]\r\nb = 2\r\nc = 3\r\n')
  assert.is(change("[t]\nb = 'x'", { t: { b: 'C:\\y' } }), "[t]\nb = 'C:\\y'")
})

test('a table becomes a value and a value a table', () => {
  change(DEPLOYMENT, { server: 'text', database: { apim_db: ['x'] } })
  change('a = 1\n[b]\nc = [1]\n', { a: { x: 1 }, b: { c: [{ d: 1 }] } })
  change('a = { x = 1 }\nb = [{ y = 1 }]\n', { a: { x: 2, z: { w: 1 } }, b: [{ y: 1 }, { y: 2 }] })
})

test('a syntax error tells where, without the line', () => {
  try {
    parse('[a]\nok = 1\npassword = geheim\n')
    assert.unreachable()
  } catch (error) {
    assert.instance(error, TomlSyntaxError)
    assert.is((error as TomlSyntaxError).line, 3)
    assert.not.match((error as TomlSyntaxError).message, 'geheim')
  }
})

test('secrets are hidden, and a changed one shows up', () => {
  const before =
    'user = "u"\npassword = "p1"\n# password = "p0"\n[secrets]\nx = "s"\n[k]\nkey = "$secret{a}"\nt = { api_key = "q" }\n'
  const { before: left, after } = maskSides(before, before.replace('p1', 'p2'), namesSecret)
  assert.not.match(`${left}${after}`, /p0|p1|p2|"s"|"q"/)
  assert.match(left!, 'password = "********"\n')
  assert.match(after, 'password = "********" (another value)\n')
  assert.match(after, 'key = "$secret{a}"')
  assert.match(maskSides(undefined, 'a.b = 1\nc = 2\n', secretBy(['a.*'])).after, 'a.b = "********"\nc = 2')
})

const key = fc
  .oneof(
    fc.constantFrom('a', 'b', 'name', 'with space', '"', 'ü', 'a.b', "it's", 'secrets', '-'),
    fc.string({ unit: 'grapheme', maxLength: 6 }),
  )
  .filter((k) => k !== '__proto__' && !/\p{Surrogate}/u.test(k))
const text = fc
  .oneof(
    fc.constantFrom('', '${x}', "'", '"""', "'''", '\\', '# no', '[x]', 'a\nb', '\u007f', '\r\n', '{{ x }}'),
    fc.string({ unit: 'grapheme', maxLength: 12 }),
  )
  .filter((t) => !/\p{Surrogate}/u.test(t))
const scalar = fc.oneof(
  text,
  fc.integer(),
  fc.boolean(),
  fc.integer({ min: -1e6, max: 1e6 }).map((n) => n / 100),
)
const { table } = fc.letrec<{ table: Table; value: unknown }>((tie) => ({
  value: fc.oneof(
    { weight: 5, arbitrary: scalar },
    { weight: 1, arbitrary: fc.array(text, { maxLength: 3 }) },
    { weight: 2, arbitrary: tie('table') },
    { weight: 2, arbitrary: fc.array(tie('table'), { minLength: 1, maxLength: 3 }) },
  ),
  table: fc.dictionary(key, tie('value') as fc.Arbitrary<unknown>, { maxKeys: 4, noNullPrototype: true }) as fc.Arbitrary<Table>,
}))

test('any document becomes any other', () => {
  fc.assert(
    fc.property(table, table, fc.boolean(), (from, to, windows) => {
      const start = toml.stringify(from as never)
      const text = windows && !start.includes("'''") && !start.includes('"""') ? start.replaceAll('\n', '\r\n') : start
      const wanted = plain(to) as Table
      const edited = edit(text, wanted, OPTIONS)
      assert.ok(same(parse(edited), wanted))
      assert.is(edit(edited, wanted, OPTIONS), edited)
    }),
    { numRuns: 300, includeErrorInReport: true },
  )
})

test('a real file: what is not named keeps its bytes', () => {
  fc.assert(
    fc.property(table, fc.constantFrom('server', 'database', 'apim', 'zeta'), (values, root) => {
      const edited = change(DEPLOYMENT, { [root]: values })
      const { removed } = difference(DEPLOYMENT, edited)
      assert.ok(
        removed.every((line) => !line.startsWith('#')),
        `lost: ${removed.join('\n')}`,
      )
    }),
    { numRuns: 150, includeErrorInReport: true },
  )
})

test.run()
