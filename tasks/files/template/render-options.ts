/** The arguments of `template` that change how a template is read. */
import { arg, z } from '../../../src/module/index.ts'
import type { RenderOptions } from '../../../src/module/index.ts'

const delimiter = (what: string) => arg.text.optional().describe(`${what}.`)

export const renderArgs = {
  trim_blocks: arg.boolean.default(true).describe('Remove the line end after a block tag.'),
  lstrip_blocks: arg.boolean.default(false).describe('Remove blanks before a block tag that stands alone on its line.'),
  newline_sequence: z
    .enum(['\n', '\r', '\r\n', '\\n', '\\r', '\\r\\n'])
    .default('\n')
    .transform((text) => text.replaceAll('\\n', '\n').replaceAll('\\r', '\r'))
    .describe('Line end of the result.'),
  variable_start_string: delimiter('What begins an expression, default {{'),
  variable_end_string: delimiter('What ends an expression, default }}'),
  block_start_string: delimiter('What begins a block tag, default {%'),
  block_end_string: delimiter('What ends a block tag, default %}'),
}

interface Given {
  trim_blocks: boolean
  lstrip_blocks: boolean
  newline_sequence: string
  variable_start_string?: string
  variable_end_string?: string
  block_start_string?: string
  block_end_string?: string
}

export function renderOptions(args: Given, file: string): RenderOptions {
  return {
    file,
    trimBlocks: args.trim_blocks,
    lstripBlocks: args.lstrip_blocks,
    newline: args.newline_sequence,
    keepTrailingNewline: true,
    ...(args.variable_start_string !== undefined && { variableStart: args.variable_start_string }),
    ...(args.variable_end_string !== undefined && { variableEnd: args.variable_end_string }),
    ...(args.block_start_string !== undefined && { blockStart: args.block_start_string }),
    ...(args.block_end_string !== undefined && { blockEnd: args.block_end_string }),
  }
}
