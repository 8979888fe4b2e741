import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import tomlInfo from '../../../tasks/apim/toml_info.ts'
import { apply, localHost } from '../harness.ts'

const host = await localHost()
const path = join(host.directory, 'deployment.toml')

test('values are flat, whatever order, comments and layout', async () => {
  writeFileSync(path, '# by hand\n[apim.throttling]\nurls = ["a", "b"]\n\n[[env]]\nname = "Default"\ntype = "hybrid"\n[[env]]\nname = "Two"\n[[group]]\nx = 1\n[[group]]\nx = 2\n[server]\nport.https = 1\n')
  const { result } = await apply(tomlInfo, { path })
  assert.equal({ ...(result.values as object) }, {
    'apim.throttling.urls': ['a', 'b'],
    'env[Default].name': 'Default',
    'env[Default].type': 'hybrid',
    'env[Two].name': 'Two',
    'group[0].x': 1,
    'group[1].x': 2,
    'server.port.https': 1,
  })
})

test('a file that is missing or broken is named, and where', async () => {
  assert.match((await apply(tomlInfo, { path: join(host.directory, 'none') }, { mustWork: false })).failed!, /file not found: .*none/)
  writeFileSync(path, 'a = 1\nb = "secret\n')
  const broken = await apply(tomlInfo, { path }, { mustWork: false })
  assert.match(broken.failed!, /deployment\.toml:2:\d+: TOML syntax error: /)
  assert.not.match(broken.failed!, /secret/)
})

test.after(() => host.close())
test.run()
