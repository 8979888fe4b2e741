/** The bundled program: starts from anywhere, keeps compiled code where only this user can write, and does without it. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { built, root } from '../program.ts'

const work = mkdtempSync(join(tmpdir(), 'aarun-launch-'))
test.after(() => rmSync(work, { recursive: true, force: true }))
// Under Deno the same bundle is started with Node.
const node = 'Deno' in globalThis ? 'node' : process.execPath

/** The program in a directory of its own, and nothing else of the package. */
function installed(name: string): string {
  const directory = join(work, name)
  cpSync(dirname(built()), directory, { recursive: true, filter: (path) => !path.endsWith('.code') })
  return directory
}

function run(directory: string, args: string[], env: Record<string, string> = {}): string {
  return execFileSync(node, [join(directory, 'aarun.cjs'), ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], cwd: work, env: { ...process.env, HOME: work, XDG_CACHE_HOME: `${directory}-cache`, ...env } })
}

const version = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version
const playbook = join(work, 'play.yaml')
writeFileSync(playbook, '- hosts: localhost\n  connection: local\n  gather_facts: false\n  tasks:\n    - copy: { dest: /nowhere/x, content: x }\n    - debug: { msg: hello }\n')

test('needs no file beside the bundle, and says the version of its package', () => {
  assert.is(run(installed('alone'), ['--version']), `${version}\n`)
})

test('says the same with compiled code and without', () => {
  const directory = installed('twice')
  const first = run(directory, ['--syntax-check', playbook])
  assert.ok(codeOf(directory).length > 3, 'compiled code is kept')
  assert.is(run(directory, ['--syntax-check', playbook]), first)
})

test('loads the modules that the playbook uses, and no other', () => {
  const directory = installed('modules')
  run(directory, ['--syntax-check', playbook])
  const modules = codeOf(directory).map((file) => file.replace(/-[A-Z0-9]{8}\.cjs\.code$/, ''))
  for (const name of ['copy', 'debug']) assert.ok(modules.includes(name), name)
  for (const name of ['apt', 'toml', 'keystore', 'template', 'live', 'engine', 'vault-command', 'doc']) assert.not.ok(modules.includes(name), name)
})

test('does not use code that somebody else could have written', () => {
  const directory = installed('shared')
  const first = run(directory, ['--syntax-check', playbook])
  chmodSync(join(directory, '.code'), 0o777)
  const before = stamps(directory)
  // Beside the program is not trusted any more: the user's own directory serves.
  assert.is(run(directory, ['--syntax-check', playbook]), first)
  assert.equal(stamps(directory), before)
  assert.ok(readdirSync(`${directory}-cache/aarun/code`).length > 0)
})

test('code that is broken is made anew', () => {
  const directory = installed('broken')
  const first = run(directory, ['--syntax-check', playbook])
  for (const file of paths(directory)) writeFileSync(file, 'no code at all')
  assert.is(run(directory, ['--syntax-check', playbook]), first)
  assert.ok(paths(directory).every((file) => statSync(file).size > 100))
})

test('starts where no place for compiled code can be made', () => {
  const directory = installed('nowhere')
  writeFileSync(join(directory, '.code'), 'a file')
  writeFileSync(`${directory}-cache`, 'a file')
  assert.is(run(directory, ['--version']), `${version}\n`)
})

test('without XDG_CACHE_HOME, or with one that is no full path, ~/.cache is the cache directory', () => {
  for (const value of ['', 'relative']) {
    const directory = installed(`home-${value}`)
    const HOME = `${directory}-home`
    mkdirSync(HOME)
    writeFileSync(join(directory, '.code'), 'a file')
    run(directory, ['--version'], { HOME, XDG_CACHE_HOME: value })
    assert.is(readdirSync(join(HOME, '.cache/aarun/code')).length, 1, value)
  }
})

test('keeps the code of four builds: that of the one written longest ago goes', () => {
  const directory = installed('many')
  const code = join(directory, '.code')
  for (const age of [1, 2, 3, 4]) {
    const other = join(code, `build-${age}`)
    mkdirSync(other, { recursive: true })
    utimesSync(other, age, Date.now() / 1000 - age * 60)
  }
  run(directory, ['--version'])
  const builds = readdirSync(code).sort()
  assert.is(builds.length, 4)
  assert.equal(builds.filter((name) => name.startsWith('build-')), ['build-1', 'build-2', 'build-3'])
})

test('AARUN_DEBUG shows places in the source', () => {
  const missing = join(work, 'none.yaml')
  let text = ''
  try {
    run(installed('debug'), [missing], { AARUN_DEBUG: '1' })
  } catch (error) {
    text = String((error as { stderr: string }).stderr)
  }
  assert.match(text, /src\/\w+\/[\w-]+\.ts:\d+:\d+/)
})

function paths(directory: string): string[] {
  const code = join(directory, '.code')
  return readdirSync(code).flatMap((build) => readdirSync(join(code, build)).map((file) => join(code, build, file)))
}
const codeOf = (directory: string) => paths(directory).map((file) => file.slice(file.lastIndexOf('/') + 1))
const stamps = (directory: string) => paths(directory).map((file) => statSync(file).mtimeMs)

test.run()
