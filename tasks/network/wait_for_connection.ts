import { arg, defineModule, probe, z } from '../../src/module/index.ts'

/** Waits until the host can be reached. */
export default defineModule({
  name: 'wait_for_connection',
  changes: false,
  live: true,
  summary: 'Wait until the host can be reached and runs commands.',
  examples: `
- name: The host is back
  wait_for_connection:
    delay: 5
    timeout: 300
`,
  args: z.strictObject({
    timeout: arg.integer.default(600).describe('Seconds to wait at most.'),
    delay: arg.integer.default(0).describe('Seconds to wait before the first try.'),
    sleep: arg.integer.default(1).describe('Seconds between two tries.'),
    connect_timeout: arg.integer.default(5).describe('Accepted: the time limit of the connection counts.'),
  }),
  patience: (args) => ({ timeout: args.timeout, interval: args.sleep, delay: args.delay }),
  observe: () => [probe.program({ name: 'sh' })],
  plan: () => ({ changes: [], result: {} }),
})
