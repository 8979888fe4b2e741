import { defineModule, z } from '../../src/module/index.ts'
import { commandReport } from '../lib/program-result.ts'
import { summarize } from '../lib/run-program.ts'
import { outputReturns, shellArgument, shellText, withoutCmd } from './shared.ts'

/** Runs a text through the shell with nothing around it. */
export default defineModule({
  name: 'raw',
  summary: 'Run commands through a shell, with nothing around them.',
  description:
    'In Ansible this is how a host without Python is reached. Here no host needs Python: prefer `shell` or `command`.',
  examples: `
- name: Ask a small system for its version
  raw: cat /etc/version
  changed_when: false
`,
  args: z.strictObject({
    cmd: shellText.describe('The text for the shell.'),
    ...shellArgument,
  }),
  freeForm: 'cmd',
  commandLine: true,
  returns: outputReturns,
  converges: false,
  observe: () => [],
  plan: (args) => ({
    changes: [
      {
        summary: summarize('run', args.cmd),
        actions: [{ kind: 'run', script: args.cmd, shell: args.executable, success: 'any', stream: true }],
      },
    ],
  }),
  report: (args, outcomes) => withoutCmd(commandReport(args.cmd, outcomes[0] ?? { ok: true }, false)),
})
