/** What a change of a deployment.toml does to the files that the product makes of it. */
import { createTwoFilesPatch } from 'diff'
import { namesSecret } from '../text/secret-names.ts'
import { hideSecrets, type IsSecret } from './hide.ts'
import { parseToml } from './mapper/toml.ts'
import type { Pack } from './product.ts'

export interface Effect {
  /** Path below the product's home. */
  file: string
  before: string
  after: string
  /** Both as a unified diff. */
  diff: string
}

/**
 * The files that differ, with secrets hidden. A MapperError where the product would not start with one of the texts; but
 * secrets that have no alias yet are none.
 */
export function effect(before: string, after: string, pack: Pack, isSecret: IsSecret = namesSecret): Effect[] {
  const hidden = hideSecrets(parseToml(before), parseToml(after), isSecret)
  const [old, fresh] = [pack.renderTree(hidden.before, { anySecret: true }), pack.renderTree(hidden.after, { anySecret: true })]
  return [...fresh].flatMap(([file, text]) => {
    const was = old.get(file) ?? ''
    return was === text ? [] : [{ file, before: was, after: text, diff: unified(file, was, text) }]
  })
}

function unified(file: string, before: string, after: string): string {
  const patch = createTwoFilesPatch(`before: ${file}`, `after: ${file}`, before, after, undefined, undefined, { context: 3 })
  return patch.replace(/^=+\n/, '')
}
