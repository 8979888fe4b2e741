/** `hosts:` and --limit: does each piece of the pattern mean something? */
import { didYouMean } from '../../text/similar.ts'
import { InputError, positions } from '../../yaml/index.ts'
import type { Inventory } from '../../inventory/index.ts'
import { splitPattern } from '../../inventory/index.ts'
import { isTemplate } from '../mapping.ts'
import type { Play } from '../model.ts'
import type { Expanded } from './expand.ts'
import type { Validation } from './validation.ts'

export function checkHosts(play: Play, inventory: Inventory, expanded: Expanded, result: Validation): void {
  if (isTemplate(play.hosts)) return
  const position = positions.value(play, 'hosts') ?? play.position
  const unmatched = unmatchedOf(play.hosts, inventory, result, position)
  if (!unmatched) return
  for (const piece of unmatched) {
    const name = piece.replace(/\[[^\]]*\]$/, '')
    if (expanded.added.has(name) || expanded.addsUnknown) continue
    const near = didYouMean(name, inventory.knownNames())
    const pattern = /[*?~[]/.test(piece)
    const excluded = splitPattern(play.hosts).includes(`!${piece}`)
    const message = pattern
      ? `no host or group matches \`${piece}\``
      : `there is no host or group \`${piece}\` in the inventory`
    const error = new InputError(message, { position, hint: near ? `did you mean \`${near}\`?` : undefined })
    if (!pattern && (near || !excluded)) result.errors.push(error)
    else result.warnings.push(error)
  }
  if (unmatched.length === 0 && inventory.match(play.hosts).length === 0) {
    result.warnings.push(new InputError(`no host matches \`${play.hosts}\`: this play does nothing`, { position }))
  }
}

/** Undefined if the pattern itself is wrong, which is reported. */
function unmatchedOf(
  pattern: string,
  inventory: Inventory,
  result: Validation,
  position: Play['position'],
): string[] | undefined {
  try {
    return inventory.unmatched(pattern)
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    error.position ??= position
    result.errors.push(error)
    return undefined
  }
}

export function checkLimit(limit: string, inventory: Inventory, result: Validation): void {
  try {
    const names = inventory.knownNames()
    for (const piece of inventory.unmatched(limit)) {
      const near = didYouMean(piece, names)
      const error = new InputError(`--limit: no host or group matches \`${piece}\``, {
        hint: near ? `did you mean \`${near}\`?` : undefined,
      })
      if (near) result.errors.push(error)
      else result.warnings.push(error)
    }
    if (result.errors.length === 0 && inventory.match(limit).length === 0) {
      result.errors.push(
        new InputError(`--limit \`${limit}\` leaves no host`, { hint: `the inventory has: ${names.slice(0, 20).join(', ')}` }),
      )
    }
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    result.errors.push(error)
  }
}
