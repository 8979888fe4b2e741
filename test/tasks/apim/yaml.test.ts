/** The yaml module on real files, by a deployment.yaml as API Manager Analytics has them. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { parse, stringify } from 'yaml'
import yaml from '../../../tasks/apim/yaml.ts'
import { apply, laws, localHost } from '../harness.ts'

const host = await localHost()
const path = join(host.directory, 'deployment.yaml')
const DEPLOYMENT = `# The server
wso2.carbon:
  id: wso2-am-analytics   # unique
  ports:
      # moves all
    offset: 1
databridge.config:
  keyStoreLocation : \${sys:carbon.home}/resources/security/wso2carbon.jks
  dataReceivers:
  -
    dataReceiver:
      type: Thrift
      properties:
        tcpPort: '7611'
wso2.datasources:
  dataSources:
    - &ONE
      name: METRICS
      password: one
    - name: APIM_ANALYTICS_DB
      password: wso2carbon
#    - name: COMMENTED
`
const values = {
  'wso2.carbon': { id: 'worker1', ports: { offset: 3 } },
  'databridge.config': { dataReceivers: [{ dataReceiver: { type: 'Thrift', properties: { tcpPort: '7613' } } }] },
  'wso2.datasources': { dataSources: [{ name: 'APIM_ANALYTICS_DB', password: 'hidden-secret' }] },
  siddhi: { properties: { partitionById: true } },
}
const merge_key = { 'databridge.config.dataReceivers': 'dataReceiver.type', 'wso2.datasources.dataSources': 'name' }

test('values are set in place, lists merged by their names, comments kept, and no secret shown', async () => {
  writeFileSync(path, DEPLOYMENT)
  const run = await apply(yaml, { path, values, merge_key })
  const text = readFileSync(path, 'utf8')
  assert.equal(parse(text), {
    'wso2.carbon': { id: 'worker1', ports: { offset: 3 } },
    'databridge.config': {
      keyStoreLocation: '${sys:carbon.home}/resources/security/wso2carbon.jks',
      dataReceivers: [{ dataReceiver: { type: 'Thrift', properties: { tcpPort: '7613' } } }],
    },
    'wso2.datasources': { dataSources: [{ name: 'METRICS', password: 'one' }, { name: 'APIM_ANALYTICS_DB', password: 'hidden-secret' }] },
    siddhi: { properties: { partitionById: true } },
  })
  for (const comment of ['# The server', 'id: worker1 # unique', '# moves all', '# - name: COMMENTED', '&ONE']) assert.match(text.replace(/ +#/g, ' #').replace(/# +/g, '# '), comment)
  assert.not.match(JSON.stringify(run.plan.changes.map(({ before, after }) => [before, after])), /hidden-secret|password: wso2carbon/)
  assert.is((await apply(yaml, { path, values, merge_key })).changed, false)
})

test('what is no mapping, or no YAML, is named with its file', async () => {
  writeFileSync(path, 'a: [1\n')
  assert.match((await apply(yaml, { path, values: { a: 1 } }, { mustWork: false })).failed ?? '', `${path}: `)
  writeFileSync(path, '- 1\n')
  assert.match((await apply(yaml, { path, values: { a: 1 } }, { mustWork: false })).failed ?? '', 'expected a mapping of keys to values at the top')
})

const scalar = fc.oneof(fc.string({ maxLength: 8 }), fc.integer(), fc.boolean())
const document = fc.dictionary(fc.stringMatching(/^[a-z.-]{1,6}$/), fc.oneof(scalar, fc.array(scalar, { maxLength: 3 }), fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), scalar, { maxKeys: 3 })), { maxKeys: 4 })

test('the three laws', async () => {
  await laws(
    yaml,
    fc.record({ before: document, after: document }),
    ({ before, after }, directory) => {
      const target = join(directory, 'deployment.yaml')
      writeFileSync(target, stringify(before))
      return { path: target, values: after }
    },
    { host, runs: 30 },
  )
})

test.after(() => host.close())
test.run()
