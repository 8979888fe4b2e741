/** The change that gives a file its content and its attributes. Shared by all modules that write one file. */
import { arg, splitWords, z } from '../../src/module/index.ts'
import type { Change, FileFact } from '../../src/module/index.ts'
import { attributesFor, attributesLeft, attributeSides, isNothing, planAttributes, type Wanted } from './attributes.ts'
import { contentSide, sameBytes, unreadSide } from './content.ts'

/** The `validate` argument: a command line with %s, split into words (there is no shell). */
export const validate = z
  .string()
  .refine((line) => line.includes('%s'), 'validate must contain %s, which stands for the path of the candidate file')
  .transform((line, context) => {
    try {
      return splitWords(line, '"\\$`')
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message })
      return z.NEVER
    }
  })

/** Arguments that every module which writes a file has. */
export const writeArgs = {
  backup: arg.boolean.default(false).describe('Keep the previous file beside it, with a time stamp in its name.'),
  validate: validate
    .optional()
    .describe(
      "A command that accepts the new file with return code 0 before it replaces the old; '%s' is its path, e.g. `nginx -t -c %s`.",
    ),
  unsafe_writes: arg.boolean.default(false).describe('Accepted for compatibility: files are always replaced atomically.'),
}

export interface Target extends Wanted {
  path: string
  /** What is there now (through links when `follow`). */
  fact: FileFact
  backup?: boolean
  validate?: string[]
  /** Write through a symbolic link. */
  follow?: boolean
  /** Never show the content. */
  secret?: boolean
}

/** Plans new content; `before` is the present content where it was read. None when content and attributes are as wanted. */
export function planWrite(target: Target, content: Uint8Array, before: Uint8Array | undefined): Change[] {
  if (target.fact.exists && before && sameBytes(before, content)) {
    return planAttributes(target.path, target.fact, target, { follow: target.follow })
  }
  return [writeChange(target, content, before)]
}

/** The change that writes, for content that is known to differ. */
export function writeChange(target: Target, content: Uint8Array, before: Uint8Array | undefined): Change {
  const { path, fact, secret } = target
  const sides = { secret, label: path }
  return {
    summary: `${fact.exists ? 'change' : 'create'} ${path}${alsoSets(target)}`,
    before: !fact.exists ? undefined : before ? contentSide(before, sides) : unreadSide(fact.size, fact.sha256, sides),
    after: contentSide(content, sides),
    actions: [
      {
        kind: 'write',
        path,
        content,
        ...attributesFor(target, fact.exists ? fact : { exists: false }),
        ...(target.backup && fact.exists && { backup: true }),
        ...(target.validate && { validate: target.validate }),
        follow: target.follow ?? false,
        ...(secret && { secret }),
      },
    ],
  }
}

/** ', mode: 0644' for what is set along with the content. */
export function alsoSets({ fact, mode, owner, group }: Target): string {
  const left = attributesLeft({ mode, owner, group }, fact.exists ? fact : { exists: false })
  return isNothing(left) ? '' : ` (${attributeSides(left, { exists: false }).after.trim().replaceAll('\n', ', ')})`
}
