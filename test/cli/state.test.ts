/** Passwords and keys of an earlier version are found where it kept them; what the message says to do is done, and works. */
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { aarun } from './aarun.ts'
import { root } from '../docs/markdown.ts'

const places: string[] = []
test.after(() => {
  for (const place of places) rmSync(place, { recursive: true, force: true })
})

/** A clone in which an earlier version has made a password, and another directory to run it from. */
function clone(kind: 'local' | 'example'): { dir: string; elsewhere: string; former: string } {
  const dir = mkdtempSync(join(tmpdir(), 'aarun state-'))
  places.push(dir)
  for (const name of ['playbooks', 'inventory']) cpSync(join(root, name), join(dir, name), { recursive: true, filter: (path) => !path.endsWith('.aarun') })
  // Only what comes first in each playbook, and what it is for.
  writeFileSync(join(dir, 'playbooks/begin.yaml'), "- import_playbook: steps/state.yaml\n- hosts: apim[0]\n  gather_facts: false\n  tasks:\n    - debug: { msg: \"{{ apim_secrets.admin is match('kept') }} {{ apim_local.directory }}\" }\n      vars: { ansible_connection: local }\n")
  const former = join(dir, '.aarun', kind)
  mkdirSync(join(former, 'secrets'), { recursive: true })
  writeFileSync(join(former, 'secrets/admin'), 'kept-password\n')
  mkdirSync(join(dir, 'else where'))
  return { dir, elsewhere: join(dir, 'else where'), former }
}

const begin = (cwd: string, dir: string, kind: string, ...more: string[]) => aarun(cwd, [join(dir, 'playbooks/begin.yaml'), '-i', join(dir, 'inventory', kind), ...more])

test('a clone that is used from its own directory notices nothing', async () => {
  const { dir, former } = clone('local')
  const done = await begin(dir, dir, 'local')
  assert.is(done.code, 0, done.out)
  assert.match(done.out, `True ${former}`)
})

test('from elsewhere: nothing is made, and the old place is gone on with when it is named as the message says', async () => {
  const { dir, elsewhere, former } = clone('local')
  const state = join(elsewhere, '.aarun/local')
  const done = await begin(elsewhere, dir, 'local')
  assert.is(done.code, 2, done.out)
  assert.match(done.out, `passwords and keys are in ${former}`)
  assert.match(done.out, `begin anew in ${state}, where there is nothing`)
  assert.not.ok(existsSync(state))
  const option = /Go on with them where they are: run this again with -e (.*)/.exec(done.out)?.[1] ?? ''
  const words = execFileSync('sh', ['-c', `printf %s ${option}`], { encoding: 'utf8' })
  const again = await begin(elsewhere, dir, 'local', '-e', words)
  assert.is(again.code, 0, again.out)
  assert.match(again.out, `True ${former}`)
})

test('it moves with the command of the message, and a link keeps the old paths', async () => {
  const { dir, elsewhere, former } = clone('local')
  const done = await begin(elsewhere, dir, 'local')
  const [, stop = '', move = ''] = /Or move them: stop the pair with `(.*)` \(it removes nothing\); (.*); run this again/.exec(done.out) ?? []
  assert.match(stop, /^aarun playbooks\/teardown\.yaml -i .* --skip-tags remove -e /)
  execFileSync('sh', ['-c', move])
  assert.is(readFileSync(join(former, 'secrets/admin'), 'utf8'), 'kept-password\n')
  const again = await begin(elsewhere, dir, 'local')
  assert.is(again.code, 0, again.out)
  assert.match(again.out, `True ${join(elsewhere, '.aarun/local')}`)
})

test('the example: its passwords are only moved, to be beside it', async () => {
  const { dir, former } = clone('example')
  const done = await begin(dir, dir, 'example')
  assert.is(done.code, 2, done.out)
  const move = /Or move them: (mkdir .*); run this again/.exec(done.out)?.[1] ?? ''
  execFileSync('sh', ['-c', move])
  assert.not.ok(existsSync(former))
  const again = await begin(dir, dir, 'example')
  assert.is(again.code, 0, again.out)
  assert.match(again.out, `True ${join(dir, 'inventory/example/.aarun')}`)
})

test('another place that is named is begun anew', async () => {
  const { dir, elsewhere } = clone('local')
  const done = await begin(elsewhere, dir, 'local', '-e', 'apim_state=anew')
  assert.is(done.code, 0, done.out)
  assert.match(done.out, `False ${join(elsewhere, 'anew')}`)
  assert.ok(existsSync(join(elsewhere, 'anew/secrets/admin')))
})

/** What npm leaves beside the new package while it replaces the old one. */
function upgrade(prepare: (old: string) => void): { home: string; run(): { code: number; err: string } } {
  const modules = join(mkdtempSync(join(tmpdir(), 'aarun-upgrade-')), 'node_modules')
  places.push(join(modules, '..'))
  const home = join(modules, 'aarun')
  mkdirSync(home, { recursive: true })
  mkdirSync(join(modules, '.aarun-AbCd'))
  prepare(join(modules, '.aarun-AbCd'))
  return {
    home,
    run() {
      try {
        execFileSync('node', [join(root, 'install/before-upgrade.js')], { cwd: home, stdio: 'pipe', encoding: 'utf8' })
        return { code: 0, err: '' }
      } catch (error) {
        const { status, stderr } = error as { status: number; stderr: string }
        return { code: status, err: stderr }
      }
    },
  }
}

test('npm is stopped before it deletes what is inside of the package', () => {
  for (const kind of ['local', 'example']) {
    const { home, run } = upgrade((old) => mkdirSync(join(old, '.aarun', kind), { recursive: true }))
    const { code, err } = run()
    assert.is(code, 1)
    assert.match(err, `are in ${home}/.aarun/${kind}, and this upgrade would delete them`)
  }
})

test('npm goes on when there is nothing, and a link that was left stays', () => {
  assert.equal(upgrade((old) => mkdirSync(join(old, '.aarun/runs'), { recursive: true })).run(), { code: 0, err: '' })
  const { home, run } = upgrade((old) => {
    mkdirSync(join(old, '.aarun'))
    symlinkSync('/somewhere/else', join(old, '.aarun/local'))
  })
  assert.equal([run(), run()].map(({ code, err }) => [code, err]), [[0, ''], [0, '']])
  assert.is(execFileSync('readlink', [join(home, '.aarun/local')], { encoding: 'utf8' }), '/somewhere/else\n')
})

test.run()
