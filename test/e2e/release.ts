/** A pair of one release, from nothing to proved: what each release has to go through. */
import { existsSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type Ran, Site } from './site.ts'

export function goesThrough(version: string): void {
  test(`${version}: site.yaml twice, every key is read by the release, verify`, async () => {
    const site = await siteOf(version)
    try {
      await goThrough(site, version)
    } finally {
      await site.remove()
    }
    assert.not.ok(existsSync(site.dir))
  })
}

export const siteOf = (version: string) => Site.make((model) => model.replace("version: '3.2.0'", `version: '${version}'`))

/** Gives what verify.yaml has said. */
export async function goThrough(site: Site, version: string): Promise<Ran> {
  const first = await site.run('site.yaml')
  assert.equal(first.failures, [])
  assert.is(first.exit, 0, first.stderr)
  const second = await site.run('site.yaml')
  assert.equal([second.failures, second.changed], [[], []])
  for (const node of [1, 2] as const) {
    const lint = await site.cli('apim', 'lint', site.toml(node, version), '--pack', site.home(node, version))
    assert.is(lint.exitCode, 0, lint.stdout)
  }
  const verify = await site.run('verify.yaml')
  assert.equal(verify.failures, [])
  assert.is(verify.exit, 0, verify.stderr)
  return verify
}
