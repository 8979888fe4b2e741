import { arg, defineModule, pythonRegex, pythonReplace, z } from '../../src/module/index.ts'
import { editArgs, editProbes, planEdit, type Edited } from '../lib/edit-file.ts'
import { backupReturns } from '../lib/file-result.ts'
import { withHome } from '../lib/home.ts'
import { regexp } from '../lib/regexp-argument.ts'

const args = z.strictObject({
  regexp: regexp({ multiline: true }).describe(
    'What to replace, everywhere. Python syntax; ^ and $ match at every line, . not a line end.',
  ),
  replace: arg.text
    .default('')
    .describe('What to put there; may hold \\1 and \\g<name>. Default: nothing, the match is removed.'),
  after: regexp({ dotAll: true }).optional().describe('Only in what comes after a match of this; . matches line ends too.'),
  before: regexp({ dotAll: true }).optional().describe('Only in what comes before a match of this.'),
  encoding: z
    .string()
    .default('utf-8')
    .refine((name) => /^(utf-?8|ascii|us-ascii|latin-?1|iso-?8859-1)$/i.test(name), 'expected utf-8, ascii or latin-1')
    .describe('Encoding of the file. A file that is not UTF-8 is edited byte by byte.'),
  ...editArgs,
})
type Args = z.output<typeof args>

const module = defineModule({
  name: 'replace',
  summary: 'Replaces all matches of a regular expression in a text file.',
  description: 'A replacement that still matches the regexp, so that every run would change the file again, is an error.',
  examples: `
- name: another port in one section
  replace: { path: /etc/app.ini, after: '\\[server\\]', before: '\\[client\\]', regexp: '^port *= *\\d+', replace: port = 8080 }
`,
  args,
  returns: { msg: "'3 replacements made' or empty.", ...backupReturns },
  observe: (args, known) => editProbes(args, known),
  plan: (args, facts, context) =>
    planEdit(args, (text, encode) => settled(args, text ?? '', encode), `Path ${args.path} does not exist !`, facts, context),
})

/** The edit, if a second one would change nothing. */
function settled(args: Args, text: string, encode: (own: string) => string): Edited {
  const edited = edit(args, text, encode)
  if (edited.text === text || edit(args, edited.text!, encode).text === edited.text) return edited
  return {
    msg: '',
    failed:
      'the replaced text matches regexp again and would change on every run: make regexp match only what is still to be changed',
  }
}

function edit(args: Args, text: string, encode: (own: string) => string): Edited {
  const section = findSection(args, text, encode)
  if (!section) return { text, msg: `Pattern for before/after params did not match the given file: ${sectionPattern(args)}` }
  const [start, end] = section
  const compiled = pythonRegex(encode(args.regexp), { multiline: true }, 'g')
  const replaced = pythonReplace(text.slice(start, end), compiled, encode(args.replace))
  const edited = text.slice(0, start) + replaced.text + text.slice(end)
  return { text: edited, msg: edited === text ? '' : `${replaced.matches} replacements made` }
}

function sectionPattern({ after, before }: Args): string | undefined {
  if (after === undefined && before === undefined) return undefined
  return `${after ?? ''}(?P<subsection>.*${after !== undefined && before !== undefined ? '?' : ''})${before ?? ''}`
}

/** Begin and end of the text between `after` and `before`; undefined when they do not match. */
function findSection(args: Args, text: string, encode: (own: string) => string): [number, number] | undefined {
  const pattern = sectionPattern(args)
  if (pattern === undefined) return [0, text.length]
  const match = pythonRegex(encode(pattern), { dotAll: true }, 'd').exec(text)
  return match?.indices?.groups?.subsection
}

export default withHome(['path'], module)
