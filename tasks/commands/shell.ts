import { arg, defineModule, z } from '../../src/module/index.ts'
import { withNewline } from './command.ts'
import { guardProbes, resolveGuards, runArguments, runPlan, runReport, summarize } from '../lib/run-program.ts'

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
    cmd: arg.text
      .refine((text) => text.trim() !== '', 'the command is empty')
      .describe('The text for the shell; may have many lines.'),
    ...runArguments,
    executable: arg.path.optional().describe('Absolute path of the shell. Default: /bin/sh.'),
    stdin: arg.text.optional().describe('Text for its standard input.'),
    stdin_add_newline: arg.boolean.default(true).describe('End `stdin` with a line break.'),
  }),
  freeForm: 'cmd',
  commandLine: true,
  returns: {
    cmd: 'The text that was run.',
    rc: 'Return code.',
    stdout: 'Standard output.',
    stdout_lines: 'The same as a list of lines.',
    stderr: 'Standard error.',
    stderr_lines: 'The same as a list of lines.',
    start: 'When it began.',
    end: 'When it ended.',
    delta: 'How long it took.',
    msg: 'Why it failed, or why it did not run.',
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
