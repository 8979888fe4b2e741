import { arg, defineModule, z } from '../../src/module/index.ts'
import { putBlock } from './block-edit.ts'
import { createArgs, editArgs, editProbes, planEdit } from '../lib/edit-file.ts'
import { backupReturns } from '../lib/file-result.ts'
import { withHome } from '../lib/home.ts'
import { regexp } from '../lib/regexp-argument.ts'

const args = z
  .strictObject({
    block: arg.text.default('').meta({ description: 'The lines. Empty: the block is removed.', aliases: ['content'] }),
    state: z.enum(['present', 'absent']).default('present').describe('present or absent.'),
    marker: arg.text.default('# {mark} ANSIBLE MANAGED BLOCK').describe('Line before and after the block; must hold {mark}.'),
    marker_begin: arg.text.default('BEGIN').describe('What {mark} is before the block.'),
    marker_end: arg.text.default('END').describe('What {mark} is after the block.'),
    insertafter: regexp({}, ['EOF']).optional().describe('EOF (default), or a regular expression: after its last match.'),
    insertbefore: regexp({}, ['BOF']).optional().describe('BOF, or a regular expression: before its last match.'),
    ...createArgs,
    append_newline: arg.boolean.default(false).describe('An empty line after the block.'),
    prepend_newline: arg.boolean.default(false).describe('An empty line before the block.'),
    ...editArgs,
  })
  .superRefine((value, context) => {
    const issue = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message })
    if (!value.marker.includes('{mark}'))
      issue('marker', 'marker must hold {mark}, or begin and end of the block could not be told apart')
    if (value.marker.includes('\n')) issue('marker', 'marker must be one line')
    if (value.marker_begin === value.marker_end) issue('marker_end', 'marker_begin and marker_end must differ')
    if (value.insertafter !== undefined && value.insertbefore !== undefined)
      issue('insertbefore', 'insertafter and insertbefore exclude each other')
    const markers = [value.marker_begin, value.marker_end].map((mark) => value.marker.replaceAll('{mark}', mark))
    if (value.block.split('\n').some((line) => markers.includes(line)))
      issue('block', 'the block must not hold its own marker line')
  })

const module = defineModule({
  name: 'blockinfile',
  summary: 'Keeps a block of lines between two marker lines in a text file.',
  description: 'Several blocks in one file need different markers.',
  examples: `
- name: names of both nodes
  blockinfile:
    path: /etc/hosts
    marker: '# {mark} apim nodes'
    block: |
      10.0.0.11 apim1
      10.0.0.12 apim2
`,
  args,
  returns: {
    msg: "'Block inserted', 'Block removed', 'File created' or empty.",
    ...backupReturns,
  },
  observe: (args, known) => editProbes(args, known),
  plan: (args, facts, context) => {
    const create = args.create && args.state === 'present'
    const missing =
      args.state === 'present' && !create ? `Path ${args.path} does not exist ! Use create: true to make it` : undefined
    return planEdit({ ...args, create }, (text, encode) => putBlock(args, text, encode), missing, facts, context)
  },
})

export default withHome(['path'], module)
