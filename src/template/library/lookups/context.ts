import type { Env } from '../../runtime/session.ts'
import type { Dict, LookupContext } from '../../runtime/values.ts'

/** What the engine gives to lookups; an error if this templar was made without. */
export function contextOf(env: Env): LookupContext {
  const context = env.scope.lookups ?? env.session.services.context
  if (!context) throw new Error('is not available here')
  return context
}

/**
 * Options of lookups that take them inside of terms: `'length=12 chars=digits'`.
 * Returns the rest of the term and the options, those given by keyword on top.
 */
export function termOptions(term: string, keyword: Dict): { rest: string; options: Dict } {
  const options: Dict = {}
  const words: string[] = []
  for (const word of term.split(/\s+/)) {
    const match = /^([a-z_]+)=(.*)$/.exec(word)
    if (match && words.length > 0) options[match[1]!] = match[2]
    else words.push(word)
  }
  return { rest: words.join(' '), options: { ...options, ...keyword } }
}
