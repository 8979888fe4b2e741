/** The values of the variables in an expression, for messages: why a condition was false. */

const WORDS = new Set([
  'and',
  'or',
  'not',
  'in',
  'is',
  'if',
  'else',
  'true',
  'false',
  'none',
  'True',
  'False',
  'None',
  'defined',
  'undefined',
])

/** `name`, `name.key`, `name[0].key` in an expression; not the words of filters and tests, nor what stands in quotes. */
export function namesIn(expression: string): string[] {
  const bare = expression.replace(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/g, (text, at: number) =>
    expression[at - 1] === '[' ? text : "''",
  )
  const names: string[] = []
  const path = /(?<![\w.'"])([A-Za-z_]\w*)((?:\.[A-Za-z_]\w*(?!\s*\()|\[(?:\d+|'[^']*'|"[^"]*")\])*)/g
  for (const match of bare.matchAll(path)) {
    const [whole, first] = match as unknown as [string, string]
    const before = bare.slice(0, match.index).trimEnd()
    const after = bare.slice(match.index + whole.length).trimStart()
    const filter = before.endsWith('|') || /\b(is|is not)$/.test(before)
    const call = after.startsWith('(') || (after.startsWith('=') && !after.startsWith('=='))
    if (!WORDS.has(first) && !filter && !call) names.push(whole)
  }
  return [...new Set(names)]
}

/** ' (a = 1, b.c = "x")'; nothing where there is nothing to tell. */
export function valuesIn(expression: string, evaluate: (expression: string) => unknown): string {
  const told = namesIn(expression)
    .slice(0, 6)
    .flatMap((name) => {
      try {
        return [`${name} = ${short(evaluate(name))}`]
      } catch {
        return [`${name} is not defined`]
      }
    })
  return told.length > 0 ? ` (${told.join(', ')})` : ''
}

function short(value: unknown): string {
  const text = value === undefined ? 'undefined' : (JSON.stringify(value) ?? String(value))
  return text.length > 100 ? `${text.slice(0, 99)}…` : text
}
