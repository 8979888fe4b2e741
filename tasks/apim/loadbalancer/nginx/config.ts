/** nginx configuration as text: its pid file, what it includes, and servers of an upstream that are taken out of service. */

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

/** The patterns that are included inside of `http`, in order: where a file with sites has its place. */
export function siteIncludes(text: string): string[] {
  const stack: string[] = []
  const found: string[] = []
  for (const statement of statements(text)) {
    if (statement.end === '{') stack.push(statement.words[0] ?? '')
    else if (statement.end === '}') stack.pop()
    else if (stack.join() === 'http' && statement.words[0] === 'include') found.push(unquote(statement.words[1] ?? ''))
  }
  return found
}

export function hasServers(text: string, names: string[]): boolean {
  const servers = serversOf(text).map((server) => server.name)
  return names.some((name) => servers.includes(name))
}

/** Puts `down` on servers of an upstream (of every one, when it is not named), or takes it off. A text is why it can't. */
export function setDrain(
  text: string,
  upstream: string | undefined,
  wanted: string[],
  drain: boolean,
): { text: string } | { failed: string } {
  const servers = serversOf(text).filter((server) => upstream === undefined || server.upstream === upstream)
  const missing = wanted.find((name) => !servers.some((server) => server.name === name))
  if (missing !== undefined) {
    const names = [...new Set(servers.map((server) => server.name))].join(', ')
    const where = upstream === undefined ? `no upstream has a server ${missing}; they have` : `upstream ${upstream} has no server ${missing}; it has`
    if (names) return { failed: `${where} ${names}` }
    return { failed: `the configuration has no upstream${upstream === undefined ? '' : ` ${upstream}`} with servers` }
  }
  let edited = text
  // From the last to the first, so that the places of those before it stay right.
  for (const { name, statement } of servers.reverse()) if (wanted.includes(name)) edited = editServer(edited, statement, drain)
  return { text: edited }
}

function serversOf(text: string): { upstream: string; name: string; statement: Statement }[] {
  const stack: string[][] = []
  const servers: { upstream: string; name: string; statement: Statement }[] = []
  for (const statement of statements(text)) {
    if (statement.end === '{') stack.push(statement.words.map(unquote))
    else if (statement.end === '}') stack.pop()
    else if (stack.at(-1)?.[0] === 'upstream' && statement.words[0] === 'server') {
      servers.push({ upstream: stack.at(-1)?.[1] ?? '', name: unquote(statement.words[1] ?? ''), statement })
    }
  }
  return servers
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
