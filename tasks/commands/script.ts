import { arg, type Context, defineModule, type Probe, probe, splitWords, Unknown, z } from '../../src/module/index.ts'
import { guardProbes, resolveGuards, runArguments, runPlan, runReport, summarize } from '../lib/run-program.ts'
import { checkWords, outputReturns, withoutCmd } from './shared.ts'

/**
 * Fixed text: keeps its standard input as a file that only we may read, runs it with the given words around it, and removes
 * it. $1: name of the file; $2: how many of the words that follow stand before the file (the program that runs it).
 */
const RUNNER = `# a script of the project
umask 077
dir=$(mktemp -d "\${TMPDIR:-/tmp}/aarun-script-XXXXXXXX") || exit 1
trap 'rm -rf -- "$dir"' EXIT
trap 'exit 143' HUP INT TERM
file=$dir/$1
before=$2
shift 2
cat > "$file" && chmod 700 -- "$file" || exit 1
total=$#
at=0
for word
do
  [ "$at" -ne "$before" ] || set -- "$@" "$file"
  set -- "$@" "$word"
  at=$((at + 1))
done
[ "$at" -ne "$before" ] || set -- "$@" "$file"
shift "$total"
"$@" < /dev/null
`

const args = z
  .strictObject({
    cmd: arg.text.describe(
      'File of the project, and its arguments. Looked up as `copy` does: files/ of the role or playbook first.',
    ),
    ...runArguments,
    executable: arg.text
      .optional()
      .describe('Program that runs it, with its options. Default: what its first line (`#!`) names.'),
    decrypt: arg.boolean.default(true).describe('Accepted: files under vault are decrypted.'),
  })
  .superRefine((value, context) => {
    for (const name of ['cmd', 'executable'] as const) {
      checkWords(context, name, value[name], `${name} is empty: name the script to run`)
    }
  })

const fileProbe = (cmd: string, context: Context): Probe<'file'> =>
  probe.file({ path: context.find('files', splitWords(cmd)[0]!), follow: true, content: true, on: 'controller' })

/** Sends a script and runs it. */
export default defineModule({
  name: 'script',
  summary: 'Run a script of the project on the host.',
  description:
    'The script is sent to a directory that only the user who runs it may read, run there, and removed. Any language will do that the host has.',
  examples: `
- name: Prepare the disk once
  script: prepare-disk.sh /dev/vdb "data volume"
  args:
    creates: /mnt/data

- name: Name the program that runs it
  script:
    cmd: report.py --all
    executable: python3
`,
  args,
  freeForm: 'cmd',
  commandLine: true,
  returns: outputReturns,
  converges: false,
  observe: (value, known, context) => [fileProbe(value.cmd, context), ...guardProbes(value, known)],
  plan(value, facts, context) {
    const [name, ...rest] = splitWords(value.cmd)
    const found = fileProbe(value.cmd, context)
    const file = facts.get(found)
    if (!(file instanceof Unknown) && !file.exists)
      return { changes: [], failed: `there is no script ${found.path} on the controller` }
    const content = file instanceof Unknown ? new Uint8Array() : (file.content ?? new Uint8Array())
    const before = value.executable === undefined ? [] : splitWords(value.executable)
    return runPlan(value.cmd, resolveGuards(value, facts), facts, summarize('run script', value.cmd), {
      kind: 'run',
      script: RUNNER,
      args: [name!.split('/').at(-1)!, String(before.length), ...before, ...rest],
      stdin: content,
      stream: true,
    })
  },
  report: (value, outcomes, facts) =>
    withoutCmd(runReport(value.cmd, resolveGuards(value, facts), facts, outcomes[0], false)),
})
