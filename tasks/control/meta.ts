import { defineModule, z } from '../../src/module/index.ts'

const actions = [
  'flush_handlers',
  'end_host',
  'end_play',
  'end_batch',
  'end_role',
  'clear_facts',
  'clear_host_errors',
  'refresh_inventory',
  'reset_connection',
  'noop',
] as const

/** Steers the run itself. */
export default defineModule({
  name: 'meta',
  changes: false,
  summary: 'Steer the run: handlers now, end of the play, forget facts.',
  examples: `
- name: Restart before going on
  meta: flush_handlers

- name: Nothing more to do on this host
  meta: end_host
  when: already_installed | default(false)
`,
  args: z.strictObject({
    free_form: z
      .enum(actions, {
        error: (issue) => `'${String(issue.input)}' is no action of meta: expected one of ${actions.join(', ')}`,
      })
      .describe(
        'flush_handlers: run notified handlers now; end_host, end_play, end_batch, end_role: no further tasks there; clear_facts: forget facts; clear_host_errors: failed hosts take part again; refresh_inventory: read variables of the inventory anew; reset_connection: connect anew; noop: nothing.',
      ),
  }),
  freeForm: 'free_form',
  observe: () => [],
  plan: (args) => ({ changes: [], result: {}, ...(args.free_form === 'noop' ? {} : { engine: { meta: args.free_form } }) }),
})
