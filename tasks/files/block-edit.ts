/** The edit of blockinfile. The order of the rules is Ansible's. */
import { pythonRegex } from '../../src/module/index.ts'
import { bare, splitLines, type Edited } from '../lib/edit-file.ts'

export interface BlockWish {
  block: string
  state: 'present' | 'absent'
  marker: string
  marker_begin: string
  marker_end: string
  insertafter?: string
  insertbefore?: string
  append_newline: boolean
  prepend_newline: boolean
}

export function putBlock(wish: BlockWish, text: string | undefined, encode: (own: string) => string): Edited {
  const present = wish.state === 'present'
  if (text === undefined && !present) return { msg: `File not present` }
  const lines = splitLines(text ?? '')
  const [begin, end] = [wish.marker_begin, wish.marker_end].map((mark) => encode(wish.marker.replaceAll('{mark}', mark))) as [
    string,
    string,
  ]
  const body = present && wish.block !== '' ? splitLines(encode(wish.block).replace(/[^\n]$/, '$&\n')) : []
  const block = body.length > 0 ? [`${begin}\n`, ...body, `${end}\n`] : []

  let at = takeOut(lines, begin, end) ?? place(lines, wish, encode)
  if (block.length > 0) {
    if (at > 0 && !lines[at - 1]!.endsWith('\n')) lines[at - 1] += '\n'
    if (wish.prepend_newline && at > 0 && lines[at - 1] !== '\n') lines.splice(at++, 0, '\n')
    lines.splice(at, 0, ...block)
    const after = at + block.length
    if (wish.append_newline && after < lines.length && lines[after] !== '\n') lines.splice(after, 0, '\n')
  }
  const edited = lines.join('')
  if (edited === text) return { text: edited, msg: '' }
  return { text: edited, msg: text === undefined ? 'File created' : block.length > 0 ? 'Block inserted' : 'Block removed' }
}

/** Removes the present block; gives where it was. */
function takeOut(lines: string[], begin: string, end: string): number | undefined {
  const first = lines.findLastIndex((line) => bare(line) === begin)
  const last = lines.findLastIndex((line) => bare(line) === end)
  if (first === -1 || last === -1) return undefined
  const at = Math.min(first, last)
  lines.splice(at, Math.abs(last - first) + 1)
  return at
}

function place(lines: string[], { insertafter, insertbefore }: BlockWish, encode: (own: string) => string): number {
  if (insertbefore === 'BOF') return 0
  const pattern = insertbefore ?? (insertafter === 'EOF' ? undefined : insertafter)
  if (pattern === undefined) return lines.length
  const compiled = pythonRegex(encode(pattern))
  const index = lines.findLastIndex((line) => compiled.test(line))
  if (index === -1) return lines.length
  return insertbefore === undefined ? index + 1 : index
}
