import { arg, defineModule, type Plan, probe, z } from '../../src/module/index.ts'

const args = z.strictObject({
  database: arg.text
    .refine((value) => /^[a-z]\w*$/.test(value), 'expected a database such as passwd, group or hosts')
    .describe('What to look in.'),
  key: arg.text
    .refine((value) => !value.startsWith('-'), 'must not start with a dash')
    .optional()
    .describe('What to look for. Default: all entries.'),
  split: arg.text
    .optional()
    .describe('What separates the fields. Default: a colon for passwd, shadow, group and gshadow, else blanks.'),
  fail_key: arg.boolean.default(true).describe('Fail when the key is not there.'),
  service: arg.text
    .refine((value) => /^[\w-]+$/.test(value), 'expected the name of a service such as files')
    .optional()
    .describe('Ask only this service.'),
})

type Args = z.output<typeof args>

/** No option may follow the database: every getent stops reading options there. */
const entryProbe = (value: Args) =>
  probe.command({
    argv: [
      'getent',
      ...(value.service === undefined ? [] : ['-s', value.service]),
      value.database,
      ...(value.key === undefined || value.key === '' ? [] : [value.key]),
    ],
    reads: [value.database === 'shadow' ? '/etc/passwd' : `/etc/${value.database}`],
    secret: value.database.endsWith('shadow'),
  })

/** Entries of passwd, group, hosts and other databases. */
export default defineModule({
  name: 'getent',
  changes: false,
  summary: 'Look up users, groups, hosts and services as the host itself does.',
  examples: `
- name: The home directory of the user
  getent:
    database: passwd
    key: wso2carbon
`,
  args,
  returns: { ansible_facts: 'getent_DATABASE: a mapping of each key to its other fields.' },
  observe: (value) => [entryProbe(value)],
  plan(value, facts): Plan {
    const fact = facts.need(entryProbe(value))
    const name = `getent_${value.database}`
    if (fact.rc === 0) return found({ [name]: entries(fact.stdout, value) })
    if (fact.rc === 2 && !value.fail_key) return found({ [name]: { [value.key ?? '']: null } })
    return { changes: [], failed: problem(value, fact.rc, fact.found) }
  },
})

const found = (facts: Record<string, unknown>): Plan => ({
  changes: [],
  result: { ansible_facts: facts },
  engine: { systemFacts: facts, setFacts: facts },
})

function problem(value: Args, rc: number, there: boolean): string {
  if (!there) return 'there is no program getent on the host'
  if (rc === 1) return 'Missing arguments, or database unknown.'
  if (rc === 2) return `One or more supplied key could not be found in the database: ${value.key} is not in ${value.database}.`
  return rc === 3 ? 'Enumeration not supported on this database: give a key.' : `getent failed with return code ${rc}`
}

function entries(text: string, value: Args): Record<string, unknown> {
  const colons = ['passwd', 'shadow', 'group', 'gshadow'].includes(value.database)
  const separator = value.split ?? (colons ? ':' : undefined)
  const result: Record<string, unknown> = {}
  for (const line of text.split('\n').filter((one) => one !== '')) {
    const [key, ...fields] = separator === undefined ? line.trim().split(/\s+/) : line.split(separator)
    if (key === undefined) continue
    // An address may have several lines: then each gives one list.
    const old = Object.hasOwn(result, key) ? (result[key] as unknown[]) : undefined
    const value = old === undefined ? fields : Array.isArray(old[0]) ? [...old, fields] : [old, fields]
    Object.defineProperty(result, key, { value, enumerable: true, configurable: true, writable: true })
  }
  return result
}
