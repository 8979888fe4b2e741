import { arg, defineModule, z } from '../../src/module/index.ts'
import { createArgs, editArgs, editProbes, planEdit, splitLines, type Edited } from '../lib/edit-file.ts'
import { backupReturns } from '../lib/file-result.ts'
import { withHome } from '../lib/home.ts'
import { dropLines, putLine, type LineWish } from './line-edit.ts'
import { regexp } from '../lib/regexp-argument.ts'

const args = z
  .strictObject({
    line: arg.text.optional().meta({ description: 'The line. With backrefs it may hold \\1 or \\g<name>.', aliases: ['value'] }),
    regexp: regexp()
      .optional()
      .meta({
        description:
          'Which line is replaced (the last that matches), or with state: absent removed (all that match). Python syntax.',
        aliases: ['regex'],
      }),
    search_string: arg.text.optional().describe('As regexp, but plain text that the line holds.'),
    state: z.enum(['present', 'absent']).default('present').describe('present or absent.'),
    insertafter: regexp({}, ['EOF', 'BOF'])
      .optional()
      .describe('EOF (default), BOF, or a regular expression: where a new line goes.'),
    insertbefore: regexp({}, ['BOF']).optional().describe('BOF, or a regular expression: where a new line goes.'),
    firstmatch: arg.boolean.default(false).describe('Take the first match of the regular expressions, not the last.'),
    backrefs: arg.boolean.default(false).describe('Fill groups of regexp into line; when nothing matches, nothing is done.'),
    ...createArgs,
    ...editArgs,
  })
  .superRefine((value, context) => {
    const issue = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message })
    if (value.state === 'present' && value.line === undefined) issue('line', 'line is required with state: present')
    if (value.state === 'absent' && value.line === undefined && value.regexp === undefined && value.search_string === undefined) {
      issue('line', 'one of line, search_string, or regexp is required with state: absent')
    }
    if (value.backrefs && value.regexp === undefined) issue('backrefs', 'regexp is required with backrefs: true')
    if (value.regexp !== undefined && value.search_string !== undefined)
      issue('search_string', 'regexp and search_string exclude each other')
    if (value.insertafter !== undefined && value.insertbefore !== undefined)
      issue('insertbefore', 'insertafter and insertbefore exclude each other')
    if (value.regexp === '') issue('regexp', 'an empty regexp matches every line: leave it out')
  })
type Args = z.output<typeof args>

const module = defineModule({
  name: 'lineinfile',
  summary: 'Keeps one line in a text file as it should be, or removes lines.',
  description: `When several lines match and the new line does not match regexp itself, all of them are replaced, one by one, until the
file no longer changes: the state that repeated runs would reach. An edit that would change the file on every run is an error.`,
  examples: `
- name: no root logins
  lineinfile: { path: /etc/ssh/sshd_config, regexp: '^#?PermitRootLogin', line: PermitRootLogin no, validate: sshd -t -f %s }
- name: only the value
  lineinfile: { path: /etc/default/app, regexp: '^(HEAP)=.*', line: '\\1=2g', backrefs: true }
- name: not there
  lineinfile: { path: /etc/hosts, regexp: 'old\\.example\\.com', state: absent }
`,
  args,
  returns: {
    msg: "'line added', 'line replaced', '2 line(s) removed' or empty.",
    found: 'With state: absent: how many lines were removed.',
    ...backupReturns,
  },
  observe: (args, known) => editProbes(args, known),
  plan: (args, facts, context) => {
    const missing =
      args.state === 'present' && !args.create
        ? `Destination ${args.path} does not exist ! Use create: true to make it`
        : undefined
    const create = args.create && args.state === 'present'
    return planEdit({ ...args, create }, (text, encode) => edit(args, text, encode), missing, facts, context)
  },
})

function edit(args: Args, text: string | undefined, encode: (own: string) => string): Edited {
  const own = (value: string | undefined) => (value === undefined ? undefined : encode(value))
  const lines = splitLines(text ?? '')
  const search = { regexp: own(args.regexp), searchString: own(args.search_string) }
  if (args.state === 'absent') {
    if (text === undefined) return { msg: 'file not present', result: { found: 0 } }
    const found = dropLines(lines, { ...search, line: own(args.line) })
    return { text: lines.join(''), msg: found ? `${found} line(s) removed` : '', result: { found } }
  }
  const { backrefs, firstmatch: firstMatch } = args
  const wish: LineWish = {
    ...search,
    line: encode(args.line!),
    insertAfter: own(args.insertafter),
    insertBefore: own(args.insertbefore),
    backrefs,
    firstMatch,
  }
  return settle(lines, wish, text)
}

/** Repeats the edit until nothing changes. */
function settle(lines: string[], wish: LineWish, text: string | undefined): Edited {
  const limit = lines.length + 2
  const msg = putLine(lines, wish)
  for (let round = 0; round < limit; round++) {
    const settled = lines.join('')
    // Read again as it will be: a line of the user may hold line ends.
    const again = splitLines(settled)
    if (putLine(again, wish) === '') return { text: settled === '' ? (text === undefined ? undefined : '') : settled, msg }
    lines = again
  }
  return {
    msg: '',
    failed: `this edit never settles: the new line '${shorten(wish.line)}' would change the file again on every run. Make regexp match only what is still to be changed`,
  }
}

function shorten(line: string): string {
  return line.length > 60 ? `${line.slice(0, 60)}…` : line
}

export default withHome(['path'], module)
