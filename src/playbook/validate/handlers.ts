/** Who is notified must be a handler of the play, by its name or by a topic it listens to. */
import { didYouMean } from '../../text/similar.ts'
import { InputError } from '../../yaml/index.ts'
import { isTemplate, placeOf } from '../mapping.ts'
import type { Item } from '../model.ts'
import type { Expanded } from './expand.ts'

export class HandlerNames {
  readonly #names = new Set<string>()
  /** A handler's name is only known in the run. */
  #open = false

  constructor(handlers: Item[], expanded: Expanded) {
    this.#open = expanded.open
    this.#add(handlers, expanded)
  }

  /** The error of a notify that no handler answers. */
  check(owner: object, notify: unknown[]): InputError[] {
    if (this.#open) return []
    return notify
      .filter((name): name is string => typeof name === 'string' && !isTemplate(name) && !this.#names.has(name))
      .map((name) => {
        const near = didYouMean(name, this.#names)
        const all = [...this.#names]
        const hint = near
          ? `did you mean \`${near}\`?`
          : all.length > 0 && all.length <= 20
            ? `the handlers are: ${all.join(', ')}`
            : undefined
        return new InputError(`there is no handler \`${name}\``, { position: notifyPlace(owner, name), hint })
      })
  }

  #add(items: Item[], expanded: Expanded): void {
    for (const item of items) {
      this.#addName(item.keywords.name, item.role?.name)
      if (item.kind === 'block') this.#add([...item.block, ...item.rescue, ...item.always], expanded)
      else for (const topic of item.listen) this.#addName(topic, undefined)
      if (item.kind === 'include') this.#add(expanded.of(item)?.items ?? [], expanded)
    }
  }

  #addName(name: string | undefined, role: string | undefined): void {
    if (name === undefined) return
    if (isTemplate(name)) this.#open = true
    this.#names.add(name)
    // The name of a role's handler may be told apart by the role.
    if (role !== undefined) for (const separator of [' : ', ': ', ':']) this.#names.add(`${role}${separator}${name}`)
  }
}

function notifyPlace(owner: object, name: string) {
  const notify = (owner as { notify?: unknown[] }).notify ?? []
  const index = notify.indexOf(name)
  const own = placeOf(notify, index)
  return own.file === '' ? placeOf(owner, 'notify') : own
}
