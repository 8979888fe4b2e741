import { defineModule, z } from '../../src/module/index.ts'
import { guardProbes, resolveGuards, runArguments, runPlan, runReport, summarize } from '../lib/run-program.ts'
import { runReturns, shellArgument, shellText, stdinArguments, withNewline } from './shared.ts'

/** Runs a text through a shell. */
export default defineModule({
  name: 'shell',
  summary: 'Run commands through a shell of the host.',
  description:
    'The text is given to `/bin/sh` (or `executable`) as it stands. Values in it are yours to quote: `{{ name | quote }}`. ' +
    'Without pipes or redirections `command` is the safer choice.',
  examples: `
- name: Count the sessions
  shell: wc -l < sessions.csv | tr -d ' '
  args:
    chdir: /var/lib/app

- name: Use what only bash has
  shell: set -o pipefail; zcat dump.sql.gz | psql app
  args:
    executable: /bin/bash
    creates: /var/lib/app/loaded
`,
  args: z.strictObject({
    cmd: shellText.describe('The text for the shell; may have many lines.'),
    ...runArguments,
    ...shellArgument,
    ...stdinArguments,
  }),
  freeForm: 'cmd',
  commandLine: true,
  returns: {
    cmd: 'The text that was run.',
    ...runReturns,
  },
  converges: false,
  observe: (args, known) => guardProbes(args, known),
  plan: (args, facts) =>
    runPlan(args.cmd, resolveGuards(args, facts), facts, summarize('run', args.cmd), {
      kind: 'run',
      script: args.cmd,
      shell: args.executable,
      stdin: withNewline(args.stdin, args.stdin_add_newline),
      stream: true,
    }),
  report: (args, outcomes, facts) => runReport(args.cmd, resolveGuards(args, facts), facts, outcomes[0]),
})
