/** nginx configuration as text: its pid file, and servers of an upstream that are taken out of service. */

/** The value of a directive at the top of the file; undefined when it is not there. */
export function topDirective(text: string, name: string): string | undefined {
  let depth = 0
  let found: string | undefined
  for (const statement of statements(text)) {
    if (statement.end === '{') depth++
    else if (statement.end === '}') depth--
    else if (depth === 0 && statement.words[0] === name) found = unquote(statement.words[1] ?? '')
  }
  return found
}

/** Puts `down` on a server of an upstream, or takes it off. A text is the reason why it can't. */
export function setDrain(
  text: string,
  upstream: string,
  server: string,
  drain: boolean,
): { text: string } | { failed: string } {
  const stack: string[] = []
  const servers: string[] = []
  let edited: string | undefined
  for (const statement of statements(text)) {
    if (statement.end === '{') stack.push(statement.words.map(unquote).join(' '))
    else if (statement.end === '}') stack.pop()
    else if (stack.at(-1) === `upstream ${upstream}` && statement.words[0] === 'server') {
      const name = unquote(statement.words[1] ?? '')
      servers.push(name)
      if (name === server) edited = editServer(edited ?? text, statement, drain)
    }
  }
  if (edited !== undefined) return { text: edited }
  return servers.length > 0
    ? { failed: `upstream ${upstream} has no server ${server}; it has ${servers.join(', ')}` }
    : { failed: `the configuration has no upstream ${upstream} with servers` }
}

function editServer(text: string, statement: Statement, drain: boolean): string {
  const isDown = statement.words.includes('down')
  if (isDown === drain) return text
  const line = text.slice(statement.start, statement.stop)
  const changed = drain ? `${line} down` : line.replace(/\s+down(?=\s|$)/, '')
  return text.slice(0, statement.start) + changed + text.slice(statement.stop)
}

/** From the first word to before its `;`, `{` or `}`. */
interface Statement {
  words: string[]
  start: number
  stop: number
  end: ';' | '{' | '}'
}

const TOKEN = /#[^\n]*|"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'|\$\{\w+\}|[;{}]|[^\s;{}"'#]+/g

function* statements(text: string): Generator<Statement> {
  let words: string[] = []
  let start = 0
  let stop = 0
  for (const match of text.matchAll(TOKEN)) {
    const token = match[0]
    if (token.startsWith('#')) continue
    if (token === ';' || token === '{' || token === '}') {
      yield { words, start, stop, end: token }
      words = []
      continue
    }
    if (words.length === 0) start = match.index
    words.push(token)
    stop = match.index + token.length
  }
}

function unquote(word: string): string {
  return word.replace(/^(["'])([\s\S]*)\1$/, '$2')
}

/** `--prefix` and `--pid-path` that nginx was built with, from `nginx -V`. */
export function builtWith(output: string): { prefix: string; pid: string } {
  const option = (name: string) => new RegExp(`--${name}=(\\S+)`).exec(output)?.[1]
  return { prefix: option('prefix') ?? '/usr/local/nginx', pid: option('pid-path') ?? 'logs/nginx.pid' }
}
