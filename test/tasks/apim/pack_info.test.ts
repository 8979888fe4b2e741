/** Packs on the control machine: whole or not, of which release, zipped or not; and what is installed in a home. */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import homeInfo from '../../../tasks/apim/home_info.ts'
import packInfo from '../../../tasks/apim/pack_info.ts'
import { root } from '../../program.ts'
import { apply, localHost } from '../harness.ts'

const host = await localHost()
const at = (...names: string[]) => join(host.directory, ...names)
const release = (version: string) => join(root, 'lab/releases', version)
const shared = join(root, 'lab/pack')
const needs = ['bin/version.txt', 'bin/wso2server.sh', 'repository/conf/deployment.toml', 'dbscripts/apimgt/postgresql.sql']
const wanted = { version: '3.2.0', script: 'bin/wso2server.sh', needs }

interface Result { exists: boolean; findings: string[]; release?: string; java?: [number, number]; mb: number }
const look = async (path: string | string[], more: Record<string, unknown> = {}) => (await apply(packInfo, { ...wanted, path, ...more })).result as unknown as Result

/** One zip of it all, as the product's: everything in one folder. */
function zipped(name: string, folder: string): string {
  cpSync(shared, at('zip', folder), { recursive: true })
  cpSync(release('3.2.0'), at('zip', folder), { recursive: true })
  // Debian's python has it, as jar has; either will do.
  execFileSync('jar', ['cfM', at(name), '-C', at('zip'), folder], { stdio: 'ignore' })
  rmSync(at('zip'), { recursive: true })
  return at(name)
}

test('directories, of which the later lie over the earlier', async () => {
  const { findings, exists, java, release: name, mb } = await look([shared, release('3.2.0')])
  assert.equal([findings, exists, java, name], [[], true, [8, 11], 'WSO2 API Manager v3.2.0 (stand-in)'])
  assert.ok(mb >= 1)
})

test('a zip, and the folder that it unpacks to', async () => {
  const path = zipped('wso2am.zip', 'wso2am-3.2.0')
  assert.equal(await look(path, { folder: 'wso2am-3.2.0' }).then(({ findings, java }) => [findings, java]), [[], [8, 11]])
  assert.equal((await look(path, { folder: 'api-manager' })).findings, [`the pack ${path} unpacks to wso2am-3.2.0, but apim_node.home ends in api-manager: make them the same`])
})

test('what is not whole', async () => {
  const bytes = readFileSync(at('wso2am.zip'))
  writeFileSync(at('cut.zip'), bytes.subarray(0, bytes.length / 2))
  assert.equal((await look(at('cut.zip'))).findings, [`the pack ${at('cut.zip')} can not be used: it is no zip, or was cut off: compare its size with that of the download`])
  const lacking = (await look(shared)).findings
  assert.match(lacking.join(), /^the pack .*lab\/pack lacks bin\/version\.txt, bin\/wso2server\.sh, repository\/conf\/deployment\.toml: it is not whole, or no pack of this release; unpack it anew$/)
  writeFileSync(at('pack'), '')
  assert.match((await look(at('pack'))).findings.join(), /is neither a zip \(its name would end in \.zip\) nor a directory/)
  for (const gone of [at('gone.zip'), at('gone')]) assert.equal(await look(gone).then(({ exists, findings }) => [exists, findings]), [false, [`there is no pack at ${gone}: correct apim.pack`]])
})

test('another release, another product', async () => {
  assert.match((await look([shared, release('3.1.0')])).findings.join(), /is WSO2 API Manager v3\.1\.0 \(stand-in\), but apim\.version is 3\.2\.0: correct apim\.version, or apim\.pack/)
  cpSync(release('3.2.0'), at('is'), { recursive: true })
  writeFileSync(at('is/bin/version.txt'), 'WSO2 Identity Server v5.10.0\n')
  assert.match((await look([shared, at('is')])).findings.join(), /is WSO2 Identity Server v5\.10\.0, which is not WSO2 API Manager/)
})

test('a home is described by its release, its update level, and its jars by content', async () => {
  const home = (name: string, jar: string, updates?: string) => {
    for (const folder of ['bin', 'updates', 'repository/components/plugins', 'repository/components/lib']) mkdirSync(at(name, folder), { recursive: true })
    writeFileSync(at(name, 'bin/version.txt'), 'WSO2 API Manager v4.2.0\n')
    writeFileSync(at(name, 'repository/components/plugins/a.jar'), jar)
    if (updates !== undefined) writeFileSync(at(name, 'updates/config.json'), updates)
    return at(name)
  }
  const info = async (path: string) => (await apply(homeInfo, { home: path })).result as { digest: string; files: Record<string, string>; update_level?: string; release?: string }
  const one = await info(home('one', 'aaa', '{"update-level": "12", "last": "yesterday"}'))
  assert.equal([one.release, one.update_level, Object.keys(one.files)], ['WSO2 API Manager v4.2.0', '12', ['plugins/a.jar', 'release', 'update level']])
  assert.is((await info(home('two', 'aaa', '{"update-level": "12", "last": "today"}'))).digest, one.digest)
  // Of the same size.
  const three = await info(home('three', 'aab', '{"update-level": "12"}'))
  assert.is.not(three.digest, one.digest)
  assert.is.not(three.files['plugins/a.jar'], one.files['plugins/a.jar'])
  assert.is.not((await info(home('four', 'aaa'))).digest, one.digest)
})

test.after(() => host.close())
test.run()
