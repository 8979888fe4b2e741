/** Small packs of our own words, and what they stand for. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Pack } from '../../src/product/product.ts'
import { packOf } from '../../src/product/pack/files.ts'

const conf = 'repository/resources/conf'

/** A release of a made-up server: each template reads keys in another way. */
export const small: Record<string, string> = {
  'bin/version.txt': 'Bread Server v1.2.0\n',
  'repository/conf/deployment.toml': '[shop]\nname = "corner"\n',
  [`${conf}/key-mappings.json`]: JSON.stringify({
    'oven.heat': 'oven.temperature',
    'oven.sides': ['oven.left', 'oven.right'],
    'bakers:nick_name': 'bakers:alias',
    'old.name': 'nowhere.read',
  }),
  [`${conf}/infer.json`]: JSON.stringify({
    'shop.kind': { market: { 'shop.open': 'Saturday', 'shop.stalls': 12, 'shop.size': 'small' } },
    'shop.size': { small: { 'shop.staff': '2' } },
    'store.$1.type': { cellar: { 'store.$1.cold': true, 'store.$1.label': 'the $1' } },
  }),
  [`${conf}/default.json`]: JSON.stringify({ 'shop.name': 'unnamed', 'shop.rate': 4000, 'shop.colour': 'red', 'shop.sign': '$ref{shop.name} of $ref{town.name}', 'town.name': 'Nowhere', 'oven.temperature': '180' }),
  [`${conf}/unit-resolve.json`]: JSON.stringify({ time: { 'oven.rest': 's' } }),
  [`${conf}/validator.json`]: JSON.stringify({
    'shop.colour': [{ if: { 'shop.kind': 'market' }, regex: 'red|\\Agreen\\Z', error_message: 'a market is red or green' }],
    'shop.unchecked': [{ match_regex: 'x' }],
  }),
  [`${conf}/templates/repository/conf/shop.xml.j2`]: `<shop name="{{shop.name}}" rate="{{shop.rate}}">
  <sign>{{shop.sign}}</sign>
  {% if shop.open is defined %}
  <open>{{ shop.open }}</open>
  {% endif %}
  <password>{{ shop.password }}</password>
  <staff>{{ shop.staff|default('0') }}</staff><stalls>{{ shop.stalls }}</stalls>
</shop>
`,
  [`${conf}/templates/repository/conf/oven.properties.j2`]: `temperature={{oven.temperature}} left={{ oven.left }} right={{oven['right']}} rest={{ oven.rest }}
{% for key, value in oven.extras.items() %}
{{key}}={{value}}
{% endfor %}
`,
  [`${conf}/templates/bakers.j2`]: `{% for baker in bakers %}
{{ baker.name }} {{ baker.alias }} {{ baker.tools.toList() | join(',') }}
{%- for day in baker.shift.days %} {{ day }}{% endfor %}

{% endfor %}
`,
  [`${conf}/templates/store.j2`]: `{% macro line(key) %}{{ store.main[key] }}{% endmacro %}
{{ line('type') }} {{ line('cold') }} {{ line('label') }} 
{% set any = lists.first + lists.second %}{{ any | join('+') }}
`,
  [`${conf}/templates/secrets.properties.j2`]: `{% for name, value in secrets.items() %}
{{ name }}={{ value }}
{% endfor %}
`,
}

export function smallPack(changes: Record<string, string> = {}): Pack {
  return new Pack(packOf('here', 'bread-server', new Map(Object.entries({ ...small, ...changes }))))
}

/** A pack with one template only. */
export function withTemplate(text: string, rules: Record<string, unknown> = {}): Pack {
  const files = new Map([[`${conf}/templates/file.j2`, text]])
  for (const [name, value] of Object.entries(rules)) files.set(`${conf}/${name}.json`, JSON.stringify(value))
  return new Pack(packOf('here', 'one-template', files))
}

/** The files in a directory of their own. */
export function onDisk(files: Record<string, string> = small): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'pack-'))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true })
    writeFileSync(join(path, name), text)
  }
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}
