/** Tags of the command line that stand nowhere in the playbook. */
import { didYouMean } from '../../text/similar.ts'
import { InputError } from '../../yaml/index.ts'
import type { Expanded } from './expand.ts'
import type { Validation } from './validation.ts'

const special = new Set(['all', 'tagged', 'untagged', 'always', 'never'])

export function checkTags(option: string, tags: string[], expanded: Expanded, result: Validation): void {
  for (const tag of tags) {
    if (special.has(tag) || expanded.tags.has(tag)) continue
    const near = didYouMean(tag, expanded.tags)
    const known = [...expanded.tags].sort()
    const hint = near
      ? `did you mean \`${near}\`?`
      : known.length > 0
        ? `the tags are: ${known.join(', ')}`
        : 'the playbook has no tags'
    const error = new InputError(`${option}: nothing has the tag \`${tag}\``, { hint })
    // A file that is only known in the run may have it.
    if (expanded.open && !near) result.warnings.push(error)
    else result.errors.push(error)
  }
}
