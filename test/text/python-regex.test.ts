import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { expandTemplate, pythonRegex, pythonReplace, type RegexFlags } from '../../src/text/python-regex.ts'

const found = (pattern: string, text: string, flags?: RegexFlags) => pythonRegex(pattern, flags).exec(text)?.[0]

test('what Python writes in another way', () => {
  assert.is(found('(?P<a>x)(?P=a)', 'axx'), 'xx')
  assert.is(found('\\Ab', 'ab'), undefined)
  assert.is(found('b\\Z', 'ab\n'), undefined)
  assert.is(found('b$', 'ab\n'), 'b')
  assert.is(found('b$', 'b\na'), undefined)
  assert.is(found('[]x]+', 'a]x'), ']x')
  assert.is(found('[^]]+', 'a]x'), 'a')
  assert.is(found('a{,2}', 'aaa'), 'aa')
  assert.is(found('(?i)ABC', 'xabc'), 'abc')
  assert.is(found('(?x) a b # comment', 'ab'), 'ab')
  assert.is(found('a(?#comment)b', 'ab'), 'ab')
  assert.is(found('.+', 'a\u2028b\nc'), 'a\u2028b')
  assert.is(found('\\U0001F642', '🙂'), '🙂')
  assert.is(found('a\\-\\_\\"', 'a-_"'), 'a-_"')
})

test('flags', () => {
  assert.is(found('^b$', 'a\nb\nc', { multiline: true }), 'b')
  assert.is(found('^b', 'a\rb', { multiline: true }), undefined)
  assert.is(found('a.b', 'a\nb', { dotAll: true }), 'a\nb')
})

test('flags of a part', () => {
  assert.is(found('(?s:a.b).', 'a\nb\n'), undefined)
  assert.is(found('(?s:a.b)c.', 'a\nbcd'), 'a\nbcd')
  assert.is(found('(?m:^b)(.|x)', 'a\nbc'), 'bc')
  assert.is(found('(?x: a b (c d) )e f', 'abcde f'), 'abcde f')
})

test('the whole text, or its start', () => {
  assert.is(pythonRegex('a|ab', { anchor: 'fullmatch' }).exec('ab')?.[0], 'ab')
  assert.is(pythonRegex('(?i)B', { anchor: 'match' }).exec('ab'), null)
})

test('an escaped backslash in a class', () => assert.is(found('[\\\\a]+', 'x\\a'), '\\a'))

test('errors name the pattern', () => {
  assert.throws(() => pythonRegex('a('), /^'a\(' is not a valid regular expression/)
  assert.throws(() => pythonRegex('(?(1)a|b)'), /is not supported here/)
  assert.throws(() => pythonRegex('a\\'), /backslash/)
})

test('replacements', () => {
  const match = pythonRegex('(?P<n>a)(b)?').exec('a')!
  assert.is(expandTemplate('\\1-\\g<1>-\\g<n>-\\2-\\g<0>\\n\\t\\\\$1', match), 'a-a-a--a\n\t\\$1')
  assert.throws(() => expandTemplate('\\3', match), /invalid group reference 3/)
  assert.throws(() => expandTemplate('\\g<x>', match), /unknown group name 'x'/)
})

test('replacing, as re.sub', () => {
  assert.equal(pythonReplace('abab', pythonRegex('a(b)', {}, 'g'), '<\\1>', 1), { text: '<b>ab', matches: 1 })
  assert.equal(pythonReplace('abxd', pythonRegex('x*', {}, 'g'), '-'), { text: '-a-b--d-', matches: 5 })
  assert.is(pythonReplace('a', pythonRegex('a', {}, 'g'), '\\0\\012').text, '\0\n')
})

test.run()
