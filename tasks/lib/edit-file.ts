/** What lineinfile, blockinfile and replace share: read a text file, edit its text, write it if that changed it. */
import { posix } from 'node:path'
import { arg, probe } from '../../src/module/index.ts'
import type { Change, Context, Facts, Plan, Probe } from '../../src/module/index.ts'
import type { Wanted } from './attributes.ts'
import { bytes, isText, utf8 } from './content.ts'
import { answer } from './known.ts'
import { backupResult } from './file-result.ts'
import { planWrite, writeArgs } from './write.ts'

export const editArgs = {
  path: arg.path.meta({ description: 'The file to edit. A link is followed.', aliases: ['dest', 'destfile', 'name'] }),
  ...writeArgs,
  ...arg.fileAttributes,
}

/** Of the modules that can make the file. */
export const createArgs = {
  create: arg.boolean.default(false).describe('Make the file (and its directory) when it does not exist.'),
}

export interface EditArgs extends Wanted {
  path: string
  backup: boolean
  validate?: string[]
  create?: boolean
}

/** `undefined` text: nothing is written (and a missing file is not made). */
export interface Edited {
  text?: string
  msg: string
  failed?: string
  result?: Record<string, unknown>
}

/** `text` is undefined when there is no file; `encode` turns a text of the user into the form that `text` has. */
export type Edit = (text: string | undefined, encode: (own: string) => string) => Edited

const file = (path: string) => probe.file({ path, follow: true, content: true })
const parent = (path: string) => probe.file({ path: posix.dirname(path), follow: true })

export function editProbes({ path, create }: EditArgs, known: Facts): Probe[] {
  return create && answer(known, file(path))?.exists === false ? [file(path), parent(path)] : [file(path)]
}

/** Both sides of a diff, for files whose text must not be shown as it is. */
export type Sides = (before: string | undefined, after: string) => { before?: string; after: string }

/** `missing`: what is said when there is no file; undefined: the edit decides. */
export function planEdit(
  args: EditArgs,
  edit: Edit,
  missing: string | undefined,
  facts: Facts,
  context: Context,
  sides?: Sides,
): Plan {
  const { path } = args
  const fact = facts.need(file(path))
  if (fact.type === 'directory') return { changes: [], failed: `Path ${path} is a directory !` }
  if (fact.exists && !fact.content)
    return { changes: [], failed: `${path} can't be read: it is a ${fact.type ?? 'file'} that gives no content` }
  if (!fact.exists && missing !== undefined) return { changes: [], failed: missing }

  const edited = editContent(edit, fact.content)
  if (edited.failed !== undefined) return { changes: [], failed: edited.failed }
  const told = context.before ? editContent(edit, answer(context.before, file(path))?.content) : edited
  const result = { path, dest: path, msg: told.msg, ...told.result, ...backupResult(context) }
  if (edited.content === undefined && !fact.exists) return { changes: [], result }
  const changes = planWrite({ ...args, fact, follow: true }, edited.content ?? fact.content!, fact.content)
  const shown =
    sides && edited.text !== undefined
      ? changes.map((change) => showSides(change, sides(fact.content && utf8(fact.content), edited.text!)))
      : changes
  return { changes: [...makeParent(args, fact.exists, facts), ...shown], result }
}

function showSides(change: Change, { before, after }: ReturnType<Sides>): Change {
  const [action] = change.actions
  if (action?.kind !== 'write') return change
  return {
    ...change,
    before: change.before && { ...change.before, text: before ?? '' },
    after: { ...change.after, text: after },
    actions: [{ ...action, secret: true }],
  }
}

function makeParent({ path, create }: EditArgs, exists: boolean, facts: Facts): Change[] {
  if (exists || !create || facts.need(parent(path)).exists) return []
  const directory = posix.dirname(path)
  return [
    {
      summary: `create directory ${directory}`,
      after: { text: 'state: directory\n' },
      actions: [{ kind: 'mkdir', path: directory }],
    },
  ]
}

/** A file that is not UTF-8 is edited byte by byte: each byte is one character. */
function editContent(edit: Edit, content: Uint8Array | undefined): Edited & { content?: Uint8Array } {
  const isUtf8 = !content || isText(content)
  const encode = isUtf8 ? (own: string) => own : (own: string) => Buffer.from(own, 'utf8').toString('latin1')
  const text = content && (isUtf8 ? utf8(content) : Buffer.from(content).toString('latin1'))
  try {
    const edited = edit(text, encode)
    if (edited.text === undefined) return edited
    return { ...edited, content: isUtf8 ? bytes(edited.text) : new Uint8Array(Buffer.from(edited.text, 'latin1')) }
  } catch (error) {
    return { msg: '', failed: (error as Error).message }
  }
}

/** Lines with their line ends. */
export function splitLines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? []
}

/** A line without its line end, as Python's rstrip('\r\n'). */
export function bare(line: string): string {
  return line.replace(/[\r\n]+$/, '')
}
