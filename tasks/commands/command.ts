import { arg, defineModule, splitWords, z } from '../../src/module/index.ts'
import { expandProbes, expandWord } from '../lib/expand-word.ts'
import { guardProbes, resolveGuards, runArguments, runPlan, runReport, summarize } from '../lib/run-program.ts'
import { checkWords, runReturns, stdinArguments, withNewline } from './shared.ts'

const args = z
  .strictObject({
    cmd: arg.text.optional().describe('The command line: a program and its arguments, split at spaces outside quotes.'),
    argv: z.array(arg.text).min(1).optional().describe('The program and its arguments as a list, taken exactly as they are.'),
    ...runArguments,
    ...stdinArguments,
    strip_empty_ends: arg.boolean.default(true).describe('Remove empty lines from the end of stdout and stderr.'),
    expand_argument_vars: arg.boolean
      .default(true)
      .describe('Replace `$NAME`, `${NAME}` and a leading `~` by what they are on the host.'),
  })
  .superRefine((value, context) => {
    if ((value.cmd === undefined) === (value.argv === undefined)) {
      const message = value.argv
        ? 'give either cmd or argv, not both'
        : 'no command given: write `command: PROGRAM ARGUMENTS`, cmd or argv'
      context.addIssue({ code: 'custom', message })
      return
    }
    checkWords(context, 'cmd', value.cmd, 'the command is empty')
  })

type Args = z.output<typeof args>

const words = (value: Args) => value.argv ?? splitWords(value.cmd ?? '')

/** Runs a program without a shell. */
export default defineModule({
  name: 'command',
  summary: 'Run a program, without a shell.',
  description:
    'Pipes, redirections and `&&` are not understood here: use `shell` for those. It runs each time and counts as changed, ' +
    'unless `creates` or `removes` says that it need not, or `changed_when` tells. In check mode it does not run: what ' +
    'later tasks would ask about its effects is then unknown.',
  examples: `
- name: Make the database of the package
  command: bin/initdb.sh --fresh
  args:
    chdir: /opt/app
    creates: /opt/app/data/ready

- name: Arguments that hold spaces
  command:
    argv: [touch, /tmp/a file]
    creates: /tmp/a file
`,
  args,
  freeForm: 'cmd',
  commandLine: true,
  returns: {
    cmd: 'The words that were run.',
    ...runReturns,
  },
  converges: false,
  observe(value, known) {
    const expand = value.expand_argument_vars ? expandProbes(words(value)) : []
    return [...expand, ...guardProbes(value, known)]
  },
  plan(value, facts) {
    const argv = value.expand_argument_vars ? words(value).map((word) => expandWord(word, facts)) : words(value)
    return runPlan(argv, resolveGuards(value, facts), facts, summarize('run', value.cmd ?? argv.join(' ')), {
      kind: 'run',
      argv,
      stdin: withNewline(value.stdin, value.stdin_add_newline),
      stream: true,
    })
  },
  report(value, outcomes, facts) {
    const argv = value.expand_argument_vars ? words(value).map((word) => expandWord(word, facts)) : words(value)
    return runReport(argv, resolveGuards(value, facts), facts, outcomes[0], value.strip_empty_ends)
  },
})
