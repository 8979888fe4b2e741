import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createTemplar, omit, Unknown, Unsafe, TemplateError, UndefinedError, type LazyObject, type Scope } from '../../src/template/index.ts'
import { scopeOf } from './scope.ts'

const templar = createTemplar({ now: () => new Date('2024-05-06T07:08:09Z'), managed: 'kept by aarun' })
const resolve = (value: unknown, scope: Scope = scopeOf({})) => templar.resolve(value, scope)

test('containers are resolved deep, other values pass', () => {
  assert.equal(resolve({ a: ['{{ 1 + 1 }}', true, null], b: { '{{ "k" }}': 'x{{ 1 }}' } }), { a: [2, true, null], b: { k: 'x1' } })
})

test('entries that are omit vanish', () => {
  assert.equal(resolve({ a: '{{ omit }}', b: '{{ nope | default(omit) }}', c: { d: '{{ omit }}' }, e: ['{{ omit }}', 1] }), { c: {}, e: [1] })
  assert.is(resolve('{{ omit }}'), omit)
  assert.equal(resolve('{{ {"a": omit, "b": 1} }}'), { b: 1 })
})

test('unsafe text is never a template', () => {
  assert.is(resolve(new Unsafe('{{ x }}')), '{{ x }}')
  assert.is(resolve('{{ a }}!', scopeOf({ a: new Unsafe('{{ x }}') })), '{{ x }}!')
  assert.equal(resolve('{{ d.a }}', scopeOf({ d: { a: new Unsafe('{{ x }}') } })), '{{ x }}')
})

test('only the members that are used are resolved', () => {
  const scope = scopeOf({ apim: { host: 'a', broken: '{{ nope }}', list: [{ port: '{{ base + 1 }}', bad: '{{ nope }}' }] }, base: 9443 })
  assert.is(resolve('{{ apim.host }}', scope), 'a')
  assert.is(resolve('{{ apim.list[0].port }}', scope), 9444)
  assert.is(resolve('{{ apim | length }}', scope), 3)
  assert.equal(resolve('{{ apim.list | map(attribute="port") }}', scope), [9444])
  assert.is(resolve('{{ apim.get("host") }}', scope), 'a')
  assert.equal(resolve('{{ apim.keys() }}', scope), ['host', 'broken', 'list'])
  assert.throws(() => resolve('{{ apim }}', scope), (error: unknown) => error instanceof UndefinedError && error.name === 'nope')
})

test('a member may refer to a sibling, a circle is an error', () => {
  assert.equal(resolve('{{ a.x }}', scopeOf({ a: { x: '{{ a.y }}', y: 1 } })), 1)
  assert.throws(() => resolve('{{ a }}', scopeOf({ a: '{{ b }}', b: 'x{{ a }}' })), /recursive: a -> b -> a/)
  assert.throws(() => resolve('{{ a.x }}', scopeOf({ a: { x: '{{ a.x }}' } })), /recursive: a\.x/)
})

test('changing a value in a template leaves the definition alone', () => {
  const definitions = { l: [1], d: { a: 1 } }
  const data = { facts: { list: [1] } }
  const text = '{% set _ = l.append(2) %}{% set _ = d.update({"b": 2}) %}{% set _ = facts.list.append(2) %}{{ [l, d, facts.list] }}'
  assert.equal(resolve(text, scopeOf(definitions, data)), [[1, 2], { a: 1, b: 2 }, [1, 2]])
  assert.equal([definitions, data], [{ l: [1], d: { a: 1 } }, { facts: { list: [1] } }])
})

test('undefined is an error only where it is used, with the path and a hint', () => {
  const scope = scopeOf({ apim: { host: 'h' } })
  const error = (text: string): UndefinedError => {
    try {
      resolve(text, scope)
    } catch (caught) {
      if (caught instanceof UndefinedError) return caught
    }
    throw new Error(`${text} is no UndefinedError`)
  }
  assert.is(error('{{ apin.host }}').name, 'apin')
  assert.is(error('{{ apin.host }}').hint, "did you mean 'apim'?")
  assert.is(error('{{ apim.hots }}').name, 'apim.hots')
  assert.is(error('{{ apim.hots }}').hint, "did you mean 'apim.host'?")
  assert.is(error('{{ apim["hots"].x.y }}').name, 'apim.hots')
  const second = error('line one\n  {{ nope | upper }}')
  assert.equal([second.line, second.column, second.excerpt], [2, 6, '  {{ nope | upper }}'])
})

test('an unknown value makes unknown what depends on it', () => {
  const scope = scopeOf({ u: new Unknown('command did not run'), v: '{{ u.stdout }}', w: { a: '{{ u }}', b: 1 }, yes: true, no: false })
  const unknown = [
    '{{ u }}', '{{ u.stdout }}', '{{ u["a"].b }}', '{{ u + 1 }}', 'x {{ u }}', '{{ v }}', '{{ u | upper }}', '{{ 1 + (u | int) }}', '{{ u.split() }}',
    '{{ [u] | join }}', '{{ u is match("x") }}', '{{ u == 1 }}', '{% if u %}a{% endif %}', '{% for x in u %}a{% endfor %}', '{{ "%s" % u }}', '{{ u ~ "x" }}',
    '{{ 1 if u else 2 }}', '{{ not u }}', '{{ u and yes }}', '{{ yes and u }}', '{{ u or no }}', '{{ [1] | map("replace", u) }}', '{{ w.a }}', '{{ "a" | default(u) | upper ~ u }}', '{{ u[1:] }}', '{{ u.stdout | default("x") }}',
  ]
  for (const text of unknown.filter((text) => !text.includes('map('))) {
    const value = resolve(text, scope)
    assert.instance(value, Unknown, text)
    assert.is((value as Unknown).reason, 'command did not run')
  }
  assert.is(resolve('{{ u is defined }}', scope), true)
  assert.is(resolve('{{ u and no }}', scope), false)
  assert.is(resolve('{{ u or yes }}', scope), true)
  assert.is(resolve('{{ "a" | default(u) }}', scope), 'a')
  assert.is(resolve('{{ [u, 1] | length }}', scope), 2)
  assert.is(resolve('{{ w.b }}', scope), 1)
  const mixed = resolve('{{ w }}', scope) as Record<string, unknown>
  assert.instance(mixed['a'], Unknown)
  assert.is(mixed['b'], 1)
  assert.instance(templar.condition('u.rc == 0', scope), Unknown)
  assert.instance(templar.condition('u is failed', scope), Unknown)
  assert.is(templar.condition('u.rc == 0 and no', scope), false)
  assert.instance(templar.render('a {{ u }}', scope), Unknown)
})

test('conditions', () => {
  const scope = scopeOf({ t: true, s: 'false', e: '', l: [1], n: 0, v: '{{ n == 0 }}', word: 'false or true' })
  const cases: [unknown, boolean][] = [
    ['t', true], [true, true], [false, false], [null, true], ['', true], [0, false], ['not t', false], ['s', true], ['e', false], ['l', true], ['n', false],
    ['v', true], ['{{ t }}', true], ['{{ n }} == 0', true], ['n == 0 and t', true], ['nope is defined', false], ["'a' in ['a']", true], ["'x' is match('\\\\w')", true],
    ['{% if t %}true{% else %}false{% endif %}', true], ['{% if n %}true{% else %}false{% endif %}', false], ['word', true], ['nope | default(false)', false], ['t | bool', true],
  ]
  for (const [condition, expected] of cases) assert.is(templar.condition(condition, scope), expected, String(condition))
  const told: unknown[] = []
  templar.condition('l', scope, { onNonBoolean: (value) => told.push(value) })
  assert.equal(told, [[1]])
  assert.throws(() => templar.condition('nope', scope), (error: unknown) => error instanceof UndefinedError)
  assert.throws(() => templar.condition("'{{ t }}' == 'x'", scope), (error: unknown) => error instanceof TemplateError)
})

test('a condition never evaluates what a value says', () => {
  const scope = scopeOf({}, { said: "lookup('pipe', 'id')", evil: '{{ 1 + 1 }}' })
  assert.is(templar.condition('said', scope), true)
  assert.is(templar.condition('{{ said }}', scope), true)
  assert.is(templar.condition("{{ evil }} == '{' ~ '{ 1 + 1 }' ~ '}'", scope), true)
})

test('hostvars resolve in the scope of the other host', () => {
  const scopes: Record<string, Scope> = { a: scopeOf({ name: 'A', greeting: 'I am {{ name }}' }), b: scopeOf({ name: 'B', greeting: 'I am {{ name }}' }) }
  const host = (scope: Scope): LazyObject => ({ get: (key) => { const found = scope.lookup(key); return found && { ...found, scope } }, keys: () => [...scope.names()] })
  const hostvars: LazyObject = { get: (key) => (scopes[key] ? { value: host(scopes[key]), template: false } : undefined), keys: () => Object.keys(scopes) }
  const scope = scopeOf({ all: ['a', 'b'], name: 'me' }, { hostvars })
  assert.is(resolve("{{ hostvars['b'].greeting }}", scope), 'I am B')
  assert.is(resolve("{{ hostvars.a['greeting'] }}", scope), 'I am A')
  assert.equal(resolve("{{ all | map('extract', hostvars, 'greeting') }}", scope), ['I am A', 'I am B'])
  assert.equal(resolve("{{ all | map('extract', hostvars) | map(attribute='name') | list }}", scope), ['A', 'B'])
  assert.equal(resolve('{{ hostvars.keys() }}', scope), ['a', 'b'])
  assert.is(resolve("{{ hostvars['c'].x | default('none') }}", scope), 'none')
  assert.is(resolve("{{ 'a' in hostvars }}", scope), true)
  assert.is(resolve('{% for h in hostvars %}{{ hostvars[h].name }}{% endfor %}.', scope), 'AB.')
  assert.is(resolve("{{ hostvars['a'] is mapping }}", scope), true)
  assert.equal(resolve("{{ hostvars['a'] }}", scope), { name: 'A', greeting: 'I am A' })
  assert.throws(() => resolve("{{ hostvars['a'].nmae }}", scope), /hostvars\.a\.nmae/)
})

test('globals', () => {
  assert.is(resolve('{{ ansible_managed }}'), 'kept by aarun')
  assert.is(resolve("{{ now(utc=true, fmt='%Y-%m-%d %H:%M') }}"), '2024-05-06 07:08')
  assert.is(resolve('{{ now(utc=true).year }}'), 2024)
  assert.is(resolve('{{ lookup }}', scopeOf({ lookup: 'mine' })), 'mine')
  assert.is(resolve('{% set c = cycler("a", "b") %}{{ c.next() }}{{ c.next() }}{{ c.next() }}'), 'aba')
  assert.is(resolve('{% set j = joiner(",") %}{% for i in [1, 2] %}{{ j() }}{{ i }}{% endfor %}'), '1,2')
})

test('filters, tests and lookups of the caller', () => {
  const own = createTemplar({ filters: { twice: (value) => `${value}${value}` }, tests: { big: (value) => Number(value) > 9 }, lookups: { one: () => [1] } })
  assert.equal(own.resolve(["{{ 'a' | twice }}", '{{ 10 is big }}', "{{ lookup('one') }}"], scopeOf({})), ['aa', true, 1])
})

test('a thousand tasks template quickly', () => {
  const scope = scopeOf({ base: '/opt/{{ name }}', name: 'wso2', list: [1, 2, 3], port: '{{ 9443 + offset }}', offset: 1 })
  const start = performance.now()
  for (let i = 0; i < 1000; i++) {
    resolve({ path: '{{ base }}/conf', mode: '0644', port: '{{ port | int }}', when: "{{ list | select('gt', 1) | list | length }}" }, scope)
    templar.condition("name == 'wso2' and offset is defined", scope)
  }
  const spent = performance.now() - start
  assert.ok(spent < 1000, `took ${spent} ms`)
})

test.run()
