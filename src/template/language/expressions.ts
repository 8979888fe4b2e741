import type { Arguments, BinaryOperator, CompareOperator, Expression, ExpressionOf } from './ast.ts'
import { describe, type TokenStream } from './token-stream.ts'

/** Parses `a` or, with commas, a tuple `a, b`. */
export function parseTuple(s: TokenStream, condition = true, end?: () => boolean): Expression {
  const at = s.current.at
  const items: Expression[] = []
  let comma = false
  while (!(s.current.kind === 'end' || s.is(')') || end?.())) {
    items.push(condition ? parseExpression(s) : parseOr(s))
    if (!s.accept(',')) break
    comma = true
  }
  if (items.length === 0) s.fail(`expected an expression, found ${describe(s.current)}`)
  return comma ? { type: 'tuple', at, items } : items[0]!
}

/** Parses one expression, `a if b else c` included. */
export function parseExpression(s: TokenStream): Expression {
  let expression = parseOr(s)
  // Of Java's expression language; no other has a '?'.
  if (s.is('?')) {
    const { at } = s.next()
    const then = parseExpression(s)
    s.expect(':')
    expression = { type: 'condition', at, test: expression, then, else: parseExpression(s) }
  }
  while (s.is('if')) {
    const { at } = s.next()
    const test = parseOr(s)
    const otherwise = s.accept('else') ? parseExpression(s) : undefined
    expression = { type: 'condition', at, test, then: expression, ...(otherwise && { else: otherwise }) }
  }
  return expression
}

export function parseOr(s: TokenStream): Expression {
  let left = parseAnd(s)
  while (s.is('or')) left = { type: 'logic', operator: 'or', at: s.next().at, left, right: parseAnd(s) }
  return left
}

function parseAnd(s: TokenStream): Expression {
  let left = parseNot(s)
  while (s.is('and')) left = { type: 'logic', operator: 'and', at: s.next().at, left, right: parseNot(s) }
  return left
}

function parseNot(s: TokenStream): Expression {
  if (s.is('not')) return { type: 'unary', operator: 'not', at: s.next().at, operand: parseNot(s) }
  return parseCompare(s)
}

const comparisons = new Set(['==', '!=', '<', '<=', '>', '>='])

function parseCompare(s: TokenStream): Expression {
  const first = parseSum(s)
  const rest: ExpressionOf<'compare'>['rest'] = []
  const at = s.current.at
  for (;;) {
    if (s.current.kind === 'operator' && comparisons.has(s.current.text)) {
      rest.push({ operator: s.next().text as CompareOperator, operand: parseSum(s) })
    } else if (s.accept('in')) {
      rest.push({ operator: 'in', operand: parseSum(s) })
    } else if (s.is('not') && s.peek().text === 'in' && s.peek().kind === 'name') {
      s.next()
      s.next()
      rest.push({ operator: 'not in', operand: parseSum(s) })
    } else break
  }
  return rest.length === 0 ? first : { type: 'compare', at, first, rest }
}

const binaryLevel = (operators: string[], operand: (s: TokenStream) => Expression) => (s: TokenStream) => {
  let left = operand(s)
  while (s.current.kind === 'operator' && operators.includes(s.current.text)) {
    const token = s.next()
    left = { type: 'binary', operator: token.text as BinaryOperator, at: token.at, left, right: operand(s) }
  }
  return left
}

const parsePower = binaryLevel(['**'], (s) => parseUnary(s, true))
const parseProduct = binaryLevel(['*', '/', '//', '%'], parsePower)
const parseSum = binaryLevel(['+', '-'], parseConcat)

function parseConcat(s: TokenStream): Expression {
  const parts = [parseProduct(s)]
  const at = s.current.at
  while (s.accept('~')) parts.push(parseProduct(s))
  return parts.length === 1 ? parts[0]! : { type: 'concat', at, parts }
}

function parseUnary(s: TokenStream, withFilters: boolean): Expression {
  const token = s.current
  let node: Expression
  if (token.kind === 'operator' && (token.text === '-' || token.text === '+')) {
    s.next()
    node = { type: 'unary', operator: token.text, at: token.at, operand: parseUnary(s, false) }
  } else if (s.is('!')) {
    s.next()
    node = { type: 'unary', operator: 'not', at: token.at, operand: parseUnary(s, false) }
  } else {
    node = parsePrimary(s)
  }
  node = parsePostfix(s, node)
  return withFilters ? parseFilters(s, node) : node
}

const constants: Record<string, null | boolean> = { true: true, True: true, false: false, False: false, none: null, None: null }
const reserved = new Set(['and', 'or', 'not', 'if', 'else', 'elif', 'in', 'is'])

function parsePrimary(s: TokenStream): Expression {
  const token = s.current
  const { at } = token
  switch (token.kind) {
    case 'name':
      if (reserved.has(token.text)) break
      s.next()
      if (Object.hasOwn(constants, token.text)) return { type: 'literal', at, value: constants[token.text]! }
      return { type: 'name', at, name: token.text }
    case 'string': {
      let value = ''
      while (s.current.kind === 'string') value += s.next().text
      return { type: 'literal', at, value }
    }
    case 'integer':
    case 'float':
      s.next()
      return { type: 'literal', at, value: Number(token.text.replaceAll('_', '')) }
    case 'operator':
      if (token.text === '(') return parseParenthesis(s)
      if (token.text === '[') return { type: 'list', at, items: parseItems(s) }
      if (token.text === '{') return parseDict(s)
      break
  }
  const hint = token.text === '%' ? 'text with {% %} can not stand inside an expression' : undefined
  return s.fail(`expected an expression, found ${describe(token)}`, hint)
}

function parseParenthesis(s: TokenStream): Expression {
  const { at } = s.expect('(')
  const inner: Expression = s.is(')') ? { type: 'tuple', at, items: [] } : parseTuple(s)
  s.expect(')')
  return inner
}

function parseItems(s: TokenStream): Expression[] {
  const items: Expression[] = []
  s.expect('[')
  while (!s.is(']')) {
    items.push(parseExpression(s))
    if (!s.accept(',')) break
  }
  s.expect(']')
  return items
}

function parseDict(s: TokenStream): Expression {
  const { at } = s.expect('{')
  const entries: ExpressionOf<'dict'>['entries'] = []
  while (!s.is('}')) {
    const key = parseExpression(s)
    if (!s.is(':') && key.type === 'name') {
      s.fail(`expected ':', found ${describe(s.current)}`, 'a name inside {{ }}, {% %} or a condition is written without braces')
    }
    s.expect(':')
    entries.push({ key, value: parseExpression(s) })
    if (!s.accept(',')) break
  }
  s.expect('}')
  return { type: 'dict', at, entries }
}

/** Attributes, items and calls that follow a value. */
export function parsePostfix(s: TokenStream, start: Expression): Expression {
  let node = start
  for (;;) {
    const { at } = s.current
    if (s.accept('.')) {
      const token = s.next()
      if (token.kind === 'name') node = { type: 'attribute', at: token.at, object: node, name: token.text }
      else if (token.kind === 'integer' || token.kind === 'float') {
        // `a.0.1` reads as a float: each part is an index.
        for (const part of token.text.split('.')) {
          node = { type: 'item', at: token.at, object: node, index: { type: 'literal', at: token.at, value: Number(part) } }
        }
      } else s.fail(`expected a name after '.', found ${describe(token)}`, undefined, token.at)
    } else if (s.is('[')) node = parseSubscript(s, node)
    else if (s.is('(')) node = { type: 'call', at, callee: node, args: parseArguments(s) }
    else return node
  }
}

function parseSubscript(s: TokenStream, object: Expression): Expression {
  const { at } = s.expect('[')
  const bound = () => (s.is(':') || s.is(']') ? undefined : parseExpression(s))
  const first = s.is(':') ? undefined : parseTuple(s, true, () => s.is(']'))
  if (first && s.accept(']')) return { type: 'item', at, object, index: first }
  s.expect(':')
  const stop = bound()
  const step = s.accept(':') ? bound() : undefined
  s.expect(']')
  return { type: 'slice', at, object, ...(first && { start: first }), ...(stop && { stop }), ...(step && { step }) }
}

export function parseArguments(s: TokenStream): Arguments {
  const args: Arguments = { positional: [], keyword: [] }
  s.expect('(')
  while (!s.is(')')) {
    if (s.accept('**')) args.spreadDict = parseExpression(s)
    else if (s.accept('*')) args.spread = parseExpression(s)
    else if (s.current.kind === 'name' && s.peek().kind === 'operator' && s.peek().text === '=') {
      const name = s.next().text
      s.next()
      args.keyword.push({ name, value: parseExpression(s) })
    } else {
      if (args.keyword.length > 0) s.fail('an argument without a name can not follow a named one')
      args.positional.push(parseExpression(s))
    }
    if (!s.accept(',')) break
  }
  s.expect(')')
  return args
}

/** Filters `| name(...)` and tests `is name ...`. */
export function parseFilters(s: TokenStream, start: Expression): Expression {
  let node = start
  for (;;) {
    if (s.accept('|')) node = parseFilter(s, node)
    else if (s.is('is')) node = parseTest(s, node)
    else if (s.is('(')) node = { type: 'call', at: s.current.at, callee: node, args: parseArguments(s) }
    else return node
  }
}

/** One filter after `|`; the filter of a `{% filter %}` block has no input. */
export function parseFilter(s: TokenStream, input?: Expression): Expression {
  const { at } = s.current
  const name = parseDottedName(s, 'the name of a filter')
  const args = s.is('(') ? parseArguments(s) : { positional: [], keyword: [] }
  return { type: 'filter', at, name, args, ...(input && { input }) }
}

function parseTest(s: TokenStream, input: Expression): Expression {
  s.expect('is')
  const negated = s.accept('not')
  const { at } = s.current
  const name = parseDottedName(s, 'the name of a test')
  let args: Arguments = { positional: [], keyword: [] }
  const { kind, text } = s.current
  if (s.is('(')) args = parseArguments(s)
  else if (
    kind === 'string' || kind === 'integer' || kind === 'float' || s.is('[') || s.is('{') ||
    (kind === 'name' && !reserved.has(text))
  ) {
    args.positional.push(parsePostfix(s, parsePrimary(s)))
  } else if (s.is('is')) s.fail("tests can not be chained with 'is'", "join them with 'and'")
  return { type: 'test', at, name, input, args, negated }
}

function parseDottedName(s: TokenStream, what: string): string {
  let name = s.expectName(what).text
  while (s.accept('.')) name += `.${s.expectName(what).text}`
  return name
}
