import { arg, defineModule, z } from '../../src/module/index.ts'

/** Fails. */
export default defineModule({
  name: 'fail',
  changes: false,
  summary: 'Fail with a message; with `when` a condition for the rest of the play.',
  examples: `
- name: Only this version is known
  fail:
    msg: "version {{ apim_version }} is not known"
  when: apim_version is version('4.0', '<')
`,
  args: z.strictObject({ msg: arg.text.default('Failed as requested from task').describe('The message.') }),
  observe: () => [],
  plan: (args) => ({ changes: [], failed: args.msg }),
})
