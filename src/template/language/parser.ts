/**
 * From a text to a tree. In: a template or an expression. Out: its nodes (`ast.ts`), each with its offset, or a
 * TemplateError that points at the mistake. Nothing is looked up or evaluated in this room.
 */
import type { Expression, Parameter, Statement, Target, Template } from './ast.ts'
import type { Source } from './errors.ts'
import { TemplateError } from './errors.ts'
import { parseExpression, parseFilter, parseFilters, parseTuple } from './expressions.ts'
import { segments, type Segment, type Whitespace } from './lexer.ts'
import { TokenStream } from './token-stream.ts'
import { didYouMean } from '../../text/similar.ts'
import { scan } from './tokens.ts'

const cache = new Map<string, Template | Expression>()
const cacheLimit = 20_000

function cached<T extends Template | Expression>(key: string, make: () => T): T {
  const known = cache.get(key)
  if (known) return known as T
  const made = make()
  if (cache.size >= cacheLimit) cache.clear()
  cache.set(key, made)
  return made
}

/** Parses a template; the result is cached by its text. */
export function parseTemplate(source: Source, options: Whitespace): Template {
  const key = `${options.trimBlocks ? 't' : ''}${options.lstripBlocks ? 'l' : ''}${options.rawStrings ? 'r' : ''}:${source.text}`
  return cached(key, () => new Parser(source, segments(source, options)).template())
}

/** Parses a template that was split already, by the rules of another language of templates. Ends that belong to no tag are skipped. */
export function parseSegments(source: Source, found: Segment[]): Template {
  return new Parser(source, found, true).template()
}

/** Parses one bare expression, such as a `when`; the result is cached by its text. */
export function parseBareExpression(source: Source): Expression {
  return cached(`=${source.text}`, () => {
    const s = new TokenStream(source, scan(source, 0, '', false).tokens)
    const expression = parseTuple(s)
    s.expectEnd()
    return expression
  })
}

const tags = [
  'if', 'for', 'set', 'macro', 'call', 'filter', 'with', 'do', 'break', 'continue', 'include', 'import', 'from', 'extends', 'block',
  'autoescape', 'raw', 'elif', 'else', 'endif', 'endfor', 'endset', 'endmacro', 'endcall', 'endfilter', 'endwith', 'endblock', 'endautoescape',
]

class Parser {
  private readonly source: Source
  private readonly segments: Segment[]
  private readonly skipsStrayEnds: boolean
  private index = 0

  constructor(source: Source, found: Segment[], skipsStrayEnds = false) {
    this.source = source
    this.segments = found
    this.skipsStrayEnds = skipsStrayEnds
  }

  template(): Template {
    const { body } = this.body([], 0)
    return { text: this.source.text, body }
  }

  /** Statements up to one of the ending tags; returns the stream of that tag, after its name. */
  private body(endings: string[], opened: number): { body: Statement[]; end: string; s: TokenStream } {
    const body: Statement[] = []
    for (; this.index < this.segments.length; this.index++) {
      const segment = this.segments[this.index]!
      if (segment.type === 'text') {
        body.push({ type: 'text', at: segment.at, text: segment.text })
        continue
      }
      const s = new TokenStream(this.source, segment.tokens)
      if (segment.type === 'print') {
        const value = parseTuple(s)
        s.expectEnd()
        body.push({ type: 'print', at: value.at, value })
        continue
      }
      const tag = s.expectName('a statement')
      if (endings.includes(tag.text)) {
        this.index++
        return { body, end: tag.text, s }
      }
      this.index++
      const statement = this.statement(tag.text, tag.at, s, endings)
      this.index--
      if (statement) body.push(statement)
    }
    if (endings.length === 0) return { body, end: '', s: new TokenStream(this.source, []) }
    throw new TemplateError(`expected '{% ${endings.at(-1)} %}' before the end of the template`, this.source, opened)
  }

  private statement(tag: string, at: number, s: TokenStream, endings: string[]): Statement | undefined {
    switch (tag) {
      case 'if': return this.if(s, at)
      case 'for': return this.for(s, at)
      case 'set': return this.set(s, at)
      case 'macro': return this.macro(s, at)
      case 'call': return this.call(s, at)
      case 'filter': return this.filter(s, at)
      case 'with': return this.with(s, at)
      case 'block': return this.block(s, at)
      case 'autoescape': {
        parseExpression(s)
        s.expectEnd()
        return { type: 'scope', at, body: this.until('endautoescape', at) }
      }
      case 'do': {
        const value = parseTuple(s)
        s.expectEnd()
        return { type: 'do', at, value }
      }
      case 'break':
      case 'continue':
        s.expectEnd()
        return { type: tag, at }
      case 'include': {
        const template = parseExpression(s)
        const ignoreMissing = s.is('ignore') && s.peek().text === 'missing'
        if (ignoreMissing) s.next(), s.next()
        return { type: 'include', at, template, ignoreMissing, context: this.withContext(s, true) }
      }
      case 'import': {
        const template = parseExpression(s)
        s.expect('as')
        const name = s.expectName('a name').text
        return { type: 'import', at, template, name, context: this.withContext(s, false) }
      }
      case 'from': return this.fromImport(s, at)
      case 'extends': {
        const template = parseExpression(s)
        s.expectEnd()
        return { type: 'extends', at, template }
      }
    }
    if (this.skipsStrayEnds && endings.length === 0 && /^(?:end|el)/.test(tag) && tags.includes(tag)) return undefined
    const expected = endings.length > 0 ? `, expected '{% ${endings.at(-1)} %}'` : ''
    if (tags.includes(tag)) s.fail(`unexpected '{% ${tag} %}'${expected}`, undefined, at)
    const near = didYouMean(tag, tags)
    return s.fail(`unknown statement '${tag}'`, near ? `did you mean '${near}'?` : undefined, at)
  }

  private until(end: string, opened: number): Statement[] {
    const { body, s } = this.body([end], opened)
    if (end === 'endblock' && s.current.kind === 'name') s.next()
    if (end === 'endmacro' && s.current.kind === 'name') s.next()
    s.expectEnd()
    return body
  }

  private if(s: TokenStream, at: number): Statement {
    const branches: { test: Expression; body: Statement[] }[] = []
    let stream = s
    for (;;) {
      const test = parseTuple(stream)
      stream.expectEnd()
      const part = this.body(['elif', 'else', 'endif'], at)
      branches.push({ test, body: part.body })
      if (part.end === 'elif') {
        stream = part.s
        continue
      }
      part.s.expectEnd()
      if (part.end === 'endif') return { type: 'if', at, branches }
      return { type: 'if', at, branches, else: this.until('endif', at) }
    }
  }

  private for(s: TokenStream, at: number): Statement {
    const target = this.target(s, false)
    s.expect('in')
    const iterable = parseTuple(s, false, () => s.is('if') || s.is('recursive'))
    const filter = s.accept('if') ? parseExpression(s) : undefined
    const recursive = s.accept('recursive')
    s.expectEnd()
    const part = this.body(['else', 'endfor'], at)
    part.s.expectEnd()
    const otherwise = part.end === 'else' ? this.until('endfor', at) : undefined
    return { type: 'for', at, target, iterable, recursive, body: part.body, ...(filter && { filter }), ...(otherwise && { else: otherwise }) }
  }

  private set(s: TokenStream, at: number): Statement {
    const target = this.target(s, true)
    if (s.accept('=')) {
      const value = parseTuple(s)
      s.expectEnd()
      return { type: 'set', at, target, value }
    }
    // The input of the filters is filled in when the block has run.
    const filter = s.accept('|') ? parseFilters(s, parseFilter(s)) : undefined
    s.expectEnd()
    return { type: 'setBlock', at, target, body: this.until('endset', at), ...(filter && { filter }) }
  }

  private target(s: TokenStream, members: boolean): Target {
    const { at } = s.current
    const targets: Target[] = []
    let comma = false
    while (s.current.kind === 'name' || s.is('(')) {
      if (s.accept('(')) {
        targets.push(this.target(s, members))
        s.expect(')')
      } else {
        const name = s.next()
        if (members && s.accept('.')) targets.push({ type: 'member', at: name.at, object: name.text, name: s.expectName('a name').text })
        else targets.push({ type: 'name', at: name.at, name: name.text })
      }
      if (!s.accept(',')) break
      comma = true
      if (s.is('in')) break
    }
    if (targets.length === 0) s.expectName('a name')
    return comma ? { type: 'unpack', at, targets } : targets[0]!
  }

  private parameters(s: TokenStream): Parameter[] {
    const parameters: Parameter[] = []
    s.expect('(')
    while (!s.is(')')) {
      const name = s.expectName('the name of a parameter').text
      parameters.push(s.accept('=') ? { name, default: parseExpression(s) } : { name })
      if (!s.accept(',')) break
    }
    s.expect(')')
    return parameters
  }

  private macro(s: TokenStream, at: number): Statement {
    const name = s.expectName('the name of the macro').text
    const parameters = this.parameters(s)
    s.expectEnd()
    return { type: 'macro', at, name, parameters, body: this.until('endmacro', at) }
  }

  private call(s: TokenStream, at: number): Statement {
    const parameters = s.is('(') ? this.parameters(s) : []
    const call = parseExpression(s)
    if (call.type !== 'call') s.fail('expected a call of a macro', undefined, call.at)
    s.expectEnd()
    return { type: 'call', at, call, parameters, body: this.until('endcall', at) }
  }

  private filter(s: TokenStream, at: number): Statement {
    const filter = parseFilters(s, parseFilter(s))
    s.expectEnd()
    return { type: 'filter', at, filter, body: this.until('endfilter', at) }
  }

  private with(s: TokenStream, at: number): Statement {
    const bindings: { target: Target; value: Expression }[] = []
    while (s.current.kind !== 'end') {
      const target = this.target(s, false)
      s.expect('=')
      bindings.push({ target, value: parseExpression(s) })
      if (!s.accept(',')) break
    }
    s.expectEnd()
    return { type: 'with', at, bindings, body: this.until('endwith', at) }
  }

  private block(s: TokenStream, at: number): Statement {
    const { text: name } = s.expectName('the name of the block')
    const scoped = s.accept('scoped')
    s.accept('required')
    s.expectEnd()
    return { type: 'block', at, name, scoped, body: this.until('endblock', at) }
  }

  private fromImport(s: TokenStream, at: number): Statement {
    const template = parseExpression(s)
    s.expect('import')
    const names: { name: string; as: string }[] = []
    while (s.current.kind === 'name' && !(s.isAny('with', 'without') && s.peek().text === 'context')) {
      const name = s.next().text
      names.push({ name, as: s.accept('as') ? s.expectName('a name').text : name })
      if (!s.accept(',')) break
    }
    if (names.length === 0) s.expectName('the name of a macro')
    return { type: 'fromImport', at, template, names, context: this.withContext(s, false) }
  }

  private withContext(s: TokenStream, otherwise: boolean): boolean {
    let context = otherwise
    if (s.isAny('with', 'without')) {
      context = s.next().text === 'with'
      s.expect('context')
    }
    s.expectEnd()
    return context
  }
}
