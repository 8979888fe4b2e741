import { arg, defineModule, probe, z } from '../../src/module/index.ts'

/** Can the host be reached. */
export default defineModule({
  name: 'ping',
  changes: false,
  summary: 'Connect and run something harmless: can the host be reached?',
  examples: `
- name: Is it there
  ping:
`,
  args: z.strictObject({ data: arg.text.default('pong').describe("What is returned; 'crash' fails.") }),
  returns: { ping: 'As given.' },
  observe: () => [probe.program({ name: 'sh' })],
  plan: (args) => (args.data === 'crash' ? { changes: [], failed: 'boom' } : { changes: [], result: { ping: args.data } }),
})
