/** What a change of a deployment.toml does to the files that come out. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { effect, MapperError } from '../../src/product/index.ts'
import { smallPack } from './small-pack.ts'

const pack = smallPack()

test('only files that differ, each with its diff', () => {
  const effects = effect('[shop]\nname = "a"\n', '[shop]\nname = "b"\n', pack)
  assert.equal(effects.map(({ file }) => file), ['repository/conf/shop.xml'])
  assert.is(
    effects[0]!.diff,
    `--- before: repository/conf/shop.xml
+++ after: repository/conf/shop.xml
@@ -1,5 +1,5 @@
-<shop name="a" rate="4000.0">
-  <sign>a of Nowhere</sign>
+<shop name="b" rate="4000.0">
+  <sign>b of Nowhere</sign>
   <password></password>
   <staff>0</staff><stalls></stalls>
 </shop>
`,
  )
})

test('a change that nothing reads has no effect', () => {
  assert.equal(effect('[shop]\nname = "a"\n', '[shop]\nname = "a"\nother = 1\n# text\n', pack), [])
})

test('secrets are hidden on both sides, and still seen to differ', () => {
  const secret = (word: string) => `[shop]\npassword = "${word}"\n[secrets]\nx = "[${word}]"\n`
  const [one] = effect(secret('old-word'), secret('new-word'), pack)
  assert.match(one!.diff, /- {2}<password>\*{8}<\/password>\n\+ {2}<password>\*{8} \(another\)<\/password>/)
  assert.not.match(JSON.stringify(effect(secret('old-word'), secret('new-word'), pack)), /old-word|new-word/)
  assert.equal(effect(secret('same'), secret('same'), pack), [])
  assert.match(effect('[shop]\npassword = "x"', '[shop]\npassword = "$secret{x}"\n[secrets]\nx = "[x]"', pack)[0]!.diff, '+  <password>$secret{x}</password>')
})

test('which keys are secrets can be said', () => {
  const [one] = effect('[shop]\nname = "a"', '[shop]\nname = "b"', pack, (path) => path.join('.') === 'shop.name')
  assert.match(one!.diff, /\+<shop name="\*{8} \(another\)"/)
})

test('a text with which the product would not start is an error', () => {
  assert.throws(() => effect('', '[shop]\nname = "$ref{no.where}"', pack), (error: unknown) => error instanceof MapperError)
})

test.run()
