import { TemplateError } from './errors.ts'

/**
 * A condition may still have `{{ name }}` inside, as old playbooks write it. It is read as `( name )`, in the same
 * place: what the name holds is never parsed as an expression.
 */
export function bareCondition(text: string): string {
  if (!text.includes('{{')) return text
  let out = ''
  let quote = ''
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!
    if (quote) {
      if (text.startsWith('{{', at)) throw new TemplateError("a template inside a string of a condition is not evaluated", { text }, at, "join it with '~': 'text ' ~ name")
      if (char === '\\') out += char + (text[++at] ?? '')
      else {
        if (char === quote) quote = ''
        out += char
      }
    } else if (text.startsWith('{{', at)) {
      const end = text.indexOf('}}', at)
      if (end === -1) throw new TemplateError("expected '}}'", { text }, at)
      out += `( ${text.slice(at + 2, end)} )`
      at = end + 1
    } else {
      if (char === '"' || char === "'") quote = char
      out += char
    }
  }
  return out
}
