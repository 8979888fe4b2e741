/** HAProxy's configuration as text: the servers of its backends, and where its frontends listen. */

export interface Server {
  backend: string
  name: string
  address: string
}

interface Line {
  section: string
  name: string
  words: string[]
  number: number
}

const SECTIONS = /^(global|defaults|frontend|backend|listen|peers|resolvers|userlist|mailers|program|ring|cache|http-errors|fcgi-app|log-forward)$/

function* lines(text: string): Generator<Line> {
  let [section, name] = ['', '']
  for (const [index, line] of text.split('\n').entries()) {
    const words = wordsOf(line)
    if (words.length === 0) continue
    if (SECTIONS.test(words[0]!)) [section, name] = [words[0]!, words[1] ?? '']
    else yield { section, name, words, number: index + 1 }
  }
}

/** A line up to its comment; quotes and backslashes hold words together. */
function wordsOf(line: string): string[] {
  const [words = ''] = /^(?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^#"'\\])*/.exec(line) ?? []
  const parts = words.match(/(?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s"'\\])+/g) ?? []
  return parts.map((part) => part.replace(/"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)/g, (_, double, single, one) => one ?? single ?? double.replace(/\\(.)/g, '$1')))
}

/** The value of a word of the section `global`. */
export function globalWord(text: string, word: string): string | undefined {
  return [...lines(text)].find(({ section, words }) => section === 'global' && words[0] === word)?.words[1]
}

export function serversOf(text: string): Server[] {
  return [...lines(text)]
    .filter(({ section, words }) => /^(backend|listen)$/.test(section) && words[0] === 'server')
    .map(({ name, words }) => ({ backend: name, name: words[1] ?? '', address: words[2] ?? '' }))
}

/** The servers that are meant, by address (`node1:8243`) or name; a text is why it can't be told. */
export function wantedServers(text: string, upstream: string | undefined, wanted: string[]): Server[] | { failed: string } {
  const servers = serversOf(text).filter((server) => upstream === undefined || server.backend === upstream)
  const is = (server: Server, name: string) => [server.address, server.name, `${server.backend}/${server.name}`].includes(name)
  const missing = wanted.find((name) => !servers.some((server) => is(server, name)))
  if (missing === undefined) return servers.filter((server) => wanted.some((name) => is(server, name)))
  const names = [...new Set(servers.map((server) => server.address))].join(', ')
  const where = upstream === undefined ? 'no backend' : `backend ${upstream}`
  return { failed: `${where} has ${upstream === undefined ? 'a' : 'no'} server ${missing}; there are ${names || 'none'}` }
}

/**
 * HAProxy lets two frontends listen on the same address and deals connections out to both: half of the calls would go
 * astray, without a word. Undefined: none of ours is another's.
 */
export function sharedBind(ours: string, other: string): string | undefined {
  const taken = bindsOf(other)
  for (const [address] of bindsOf(ours)) {
    const place = taken.get(address)
    if (place !== undefined) return `${address} (${place})`
  }
  return undefined
}

function bindsOf(text: string): Map<string, string> {
  const found = new Map<string, string>()
  for (const { section, name, words, number } of lines(text)) {
    if (words[0] !== 'bind' || !/^(frontend|listen)$/.test(section)) continue
    for (const address of (words[1] ?? '').split(',')) found.set(address.replace(/^(\*|0\.0\.0\.0|ipv4@\*?)?:/, '*:'), `${section} ${name}, line ${number}`)
  }
  return found
}
