/** What npm packs: everything that the documentation names, and nothing that was generated. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { deadLinks, generated, root, written } from './markdown.ts'

/** A deployment of the example keeps its passwords in a directory that is packed. */
const secret = join(root, 'inventory/example/.aarun', `tarball-${process.pid}`)
mkdirSync(dirname(secret), { recursive: true })
writeFileSync(secret, 'not for others\n')
test.after(() => {
  rmSync(secret)
  // A real deployment's may be there too.
  if (readdirSync(dirname(secret)).length === 0) rmdirSync(dirname(secret))
})

const [listed] = JSON.parse(execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })) as [{ files: { path: string }[] }]
const packed = new Set(listed.files.map((file) => file.path))

test('links of the documentation lead to something in the tarball', () => {
  const pages = [...written(), ...generated(), 'lab/pack/README.md']
  assert.equal(pages.filter((page) => !packed.has(page)), [])
  assert.equal(pages.flatMap((page) => deadLinks(page, (path) => packed.has(path) || [...packed].some((file) => file.startsWith(`${path.replace(/\/$/, '')}/`)))), [])
})

test('inventories, playbooks and the stand-in are complete', () => {
  const tracked = execFileSync('git', ['ls-files', 'inventory', 'playbooks', 'lab/pack', 'lab/releases', 'docs', 'install'], { cwd: root, encoding: 'utf8' }).trim().split('\n')
  assert.equal(tracked.filter((file) => !packed.has(file) && !file.endsWith('.gitignore')), [])
})

test('nothing that was generated is packed', () => {
  assert.equal([...packed].filter((file) => /(^|\/)\.aarun(\/|$)/.test(file)), [])
})

test('scripts of package.json that npm runs at an installation are packed', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> }
  for (const name of ['preinstall', 'install', 'postinstall']) {
    const file = /^node (\S+)$/.exec(scripts[name] ?? '')?.[1]
    assert.ok(scripts[name] === undefined || (file && packed.has(file)), `${name}: ${scripts[name]}`)
  }
})

test.run()
