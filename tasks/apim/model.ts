/** Is the data model sound? A question that no host is asked. */
import { arg, type Context, defineModule, type Plan, z } from '../../src/module/index.ts'
import { type Finding, findingsOf } from './model/findings.ts'
import type { Nodes } from './model/node-rules.ts'
import { readTree, type Tree, Untold } from './model/read.ts'
import { rulesOf } from './model/rules.ts'
import { apimSchema, nodeSchema } from './model/schema.ts'

const args = z.strictObject({
  releases: arg.list.describe('Releases of the product that the playbooks know, such as `3.2`.'),
  group: arg.text.default('apim').describe('The group of the nodes.'),
})

export default defineModule({
  name: 'model',
  collection: 'aarun.apim',
  changes: false,
  summary: 'Checks the data model, the variables `apim` and `apim_node`, and says all that is wrong with it. Asks no host.',
  description: `Found are keys that the model does not have, at each depth, with the file and line where they were written and the
nearest key that there is; keys that are missing; values of the wrong kind; and what is wrong only together, such as two nodes
with the same ports. Below \`settings\` and \`secrets\` any key is taken: they are the product's.

It never fails: whoever uses the result says what becomes of it. A value that can't be told, such as a password from an
environment variable that is not set, is none of the findings: only some steps need it.`,
  examples: `
- name: Is the data model sound
  model:
    releases: ['3.2', '4.2']
  register: model
`,
  args,
  returns: {
    findings: 'What is wrong, one text each.',
    grave: 'Those of them with which nothing can be planned.',
    untold: 'Keys whose value can not be told now, with the reason.',
  },
  observe: () => [],
  plan(wanted, _facts, context): Plan {
    const hosts = context.hosts(wanted.group)
    const apim = readTree('apim', apimSchema, context)
    const nodes = hosts.map((host) => [host, readTree(`hostvars[${JSON.stringify(host)}].apim_node`, nodeSchema, context)] as const)
    const findings = [
      ...(apim === undefined ? [missing('apim')] : findingsOf('apim', apim, apimSchema)),
      ...nodes.flatMap(([host, node]) => nodeFindings(host, node)),
    ]
    // Rules look at values; those that are of another kind have been said.
    const whole = findings.every(({ grave }) => !grave)
    if (whole) findings.push(...rulesOf({ apim: apim as Tree, nodes: Object.fromEntries(nodes) as unknown as Nodes, releases: wanted.releases }))
    const say = (finding: Finding) => textOf(finding, context)
    return {
      changes: [],
      result: {
        findings: findings.map(say),
        grave: findings.filter(({ grave }) => grave).map(say),
        untold: untoldIn('apim', apim),
      },
    }
  },
})

const missing = (name: string): Finding => ({ path: [name], text: 'is not defined: it is the data model of the deployment', grave: true })

function nodeFindings(host: string, node: unknown): Finding[] {
  const root = `hostvars['${host}']`
  if (node === undefined) return [{ path: [root, 'apim_node'], text: 'is not defined: give its address, offset and home in host_vars', grave: true }]
  return findingsOf('apim_node', node, nodeSchema).map((finding) => ({ ...finding, path: [root, ...finding.path] }))
}

/** `apim.jvm_memry (apim.yaml:12:3) is no key ...` */
function textOf({ path, text }: Finding, context: Context): string {
  const host = /^hostvars\['(.*)'\]$/.exec(path[0] ?? '')?.[1]
  const [name, ...keys] = host === undefined ? path : path.slice(1)
  const place = name === undefined ? undefined : context.origin?.(name, keys, host)
  return `${path.join('.')}${place ? ` (${place.file}:${place.line}:${place.column})` : ''} ${text}`
}

function untoldIn(path: string, value: unknown): string[] {
  if (value instanceof Untold) return [`${path}: ${value.reason}`]
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return []
  return Object.entries(value).flatMap(([key, inner]) => untoldIn(`${path}.${key}`, inner))
}
