/** Nodes of one release, from nothing to proved: what each release has to go through. */
import { existsSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { freePort } from '../ports.ts'
import { receiver, type Receiver } from './receiver.ts'
import { type Ran, Site } from './site.ts'

export function goesThrough(version: string, options: { nodes?: 2 | 3; moesif?: boolean } = {}): void {
  const { nodes = 2, moesif } = options
  test(`${version}, ${nodes} nodes: site.yaml twice, every key is read by the release, verify`, async () => {
    const port = await freePort()
    const analytics = moesif ? `enabled: true\n    moesif_key: a-key\n    moesif_base_url: https://localhost:${port}` : 'enabled: false'
    const site = await Site.make((model) => model.replace("version: '3.2.0'", `version: '${version}'`).replace('enabled: false', analytics), nodes)
    let service: Receiver | undefined
    try {
      await goThrough(site, version, nodes, async () => {
        if (moesif) service = await receiver(port, site.local('secrets/tls/apim.key'), site.local('secrets/tls/apim.pem'))
      })
      if (service) assert.equal([...new Set(service.calls.map((call) => `${call.url} ${call.authorization}`))], ['/v1/events a-key'])
    } finally {
      service?.close()
      await site.remove()
    }
    assert.not.ok(existsSync(site.dir))
  })
}

/** Gives what verify.yaml has said, which runs when `beforeVerify` is done. */
export async function goThrough(site: Site, version: string, nodes: 2 | 3 = 2, beforeVerify: () => Promise<void> = async () => undefined): Promise<Ran> {
  const first = await site.run('site.yaml')
  assert.equal(first.failures, [])
  assert.is(first.exit, 0, first.stderr)
  const second = await site.run('site.yaml')
  assert.equal([second.failures, second.changed], [[], []])
  for (const node of ([1, 2, 3] as const).slice(0, nodes)) {
    const lint = await site.cli('apim', 'lint', site.toml(node, version), '--pack', site.home(node, version))
    assert.is(lint.exitCode, 0, lint.stdout)
  }
  await beforeVerify()
  const verify = await site.run('verify.yaml')
  assert.equal(verify.failures, [])
  assert.is(verify.exit, 0, verify.stderr)
  return verify
}
