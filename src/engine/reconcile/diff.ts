/** Changes as people see them. */
import { createTwoFilesPatch } from 'diff'
import type { ShownChange } from '../../events/index.ts'
import type { Change, DiffSide } from '../../module/contract.ts'

const largest = 200_000

export function show(change: Change, withDiff: boolean): ShownChange {
  const diff = withDiff ? [unified(change.before, change.after), ...(change.effects ?? [])].filter((part) => part !== undefined).join('') : undefined
  return { summary: change.summary, ...(diff ? { diff } : {}) }
}

function unified(before: DiffSide | undefined, after: DiffSide | undefined): string | undefined {
  if (!before && !after) return undefined
  const label = after?.label ?? before?.label ?? ''
  if (before?.secret || after?.secret) return `--- before: ${label}\n+++ after: ${label}\n@@ the content is secret and not shown @@\n`
  const from = before?.text ?? ''
  const to = after?.text ?? ''
  if (from === to) return undefined
  if (from.length + to.length > largest) return `--- before: ${label}\n+++ after: ${label}\n@@ ${from.length} and ${to.length} characters: too large to show @@\n`
  const patch = createTwoFilesPatch(`before: ${before?.label ?? label}`, `after: ${after?.label ?? label}`, from, to, undefined, undefined, { context: 3 })
  return patch.replace(/^=+\n/, '')
}
