/** The commands of docs/product-rules.md print what the page says. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { aarun, project } from '../cli/aarun.ts'
import { blocksOf } from './markdown.ts'

const blocks = blocksOf('docs/product-rules.md')
const conf = 'repository/resources/conf'
const templates = `${conf}/templates/repository/conf`

/** A pack that reads no more than what the page is about. */
const pack: Record<string, string> = {
  'bin/version.txt': 'WSO2 API Manager v4.2.0\n',
  [`${conf}/key-mappings.json`]: '{}',
  [`${conf}/default.json`]: '{"server.offset": "0"}',
  [`${templates}/carbon.xml.j2`]: '<Server>\n  <HostName>{{server.hostname}}</HostName>\n  <Offset>{{server.offset}}</Offset>\n</Server>\n',
  [`${templates}/axis2/axis2.xml.j2`]: '{% for name, value in transport.passthru_http.sender.parameters.items() %}\n{{name}}={{value}}\n{% endfor %}\n',
  [`${templates}/api-manager.xml.j2`]: '{% for environment in apim.gateway.environment %}\n{{environment.name}}\n{% endfor %}\n{{database.apim_db.password}}\n',
}

const good = '[server]\nhostname = "api.example.com"\n'
const here = project({
  'deployment.toml': blocks.find(({ language }) => language === 'toml')!.text,
  'deployment-2.toml': good,
  'deployment-3.toml': `${good}offset = 1\n`,
})
for (const [name, text] of Object.entries(pack)) {
  mkdirSync(join(here.path, 'wso2am-4.2.0', dirname(name)), { recursive: true })
  writeFileSync(join(here.path, 'wso2am-4.2.0', name), text)
}
test.after(here.remove)

for (const { place, text } of blocks.filter(({ language }) => language === 'text'))
  test(place, async () => {
    for (const [, command = '', output = ''] of text.matchAll(/^\$ aarun (.*)\n((?:(?!\$ ).*\n)*)/gm)) {
      const done = await aarun(here.path, command.split(' '))
      assert.is(done.err + done.out, output, command)
      assert.is(done.code, output.includes('finding') ? 2 : 0)
    }
  })

test('the files are written where the page says', () => {
  assert.equal(readdirSync(join(here.path, 'effective/repository/conf')).sort(), ['api-manager.xml', 'axis2', 'carbon.xml'])
})

test.run()
