import { arg, defineModule, type Plan, z } from '../../src/module/index.ts'

/** Sets variables of the host. */
export default defineModule({
  name: 'set_fact',
  changes: false,
  summary: 'Set variables of the host for the rest of the run.',
  examples: `
- name: Which node are we
  set_fact:
    node_index: "{{ groups['apim'].index(inventory_hostname) }}"
    is_first: "{{ groups['apim'][0] == inventory_hostname }}"
`,
  args: z.strictObject({ cacheable: arg.boolean.default(false).describe('Accepted: facts are kept for this run.') }),
  openArgs: true,
  returns: { ansible_facts: 'The variables that were set.' },
  observe: () => [],
  plan(args): Plan {
    const { cacheable: _, ...facts } = args as Record<string, unknown>
    const names = Object.keys(facts)
    if (names.length === 0)
      return { changes: [], failed: 'no variables given: write `set_fact:` with a mapping of names to values' }
    const wrong = names.find((name) => !/^[A-Za-z_]\w*$/.test(name))
    if (wrong !== undefined)
      return {
        changes: [],
        failed: `'${wrong}' is no name for a variable: expected letters, digits and underscores, not starting with a digit`,
      }
    return { changes: [], result: { ansible_facts: facts }, engine: { setFacts: facts } }
  },
})
