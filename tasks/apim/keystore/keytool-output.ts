/** What keytool prints, as data. */

export interface Entry {
  alias: string
  kind: 'key' | 'trusted' | 'other'
  /** Of the first certificate: lower-case hex. */
  sha256?: string
  owner?: string
  /** 'dns:a.example', 'ip:127.0.0.1' …, lower case. */
  san: string[]
  notAfter?: string
}

/** The entries of `keytool -list -v` (in English). */
export function parseList(output: string): Entry[] {
  return output
    .split(/^Alias name: /m)
    .slice(1)
    .map(parseEntry)
}

/** The SHA-256 fingerprint of the first certificate of an entry, as keytool prints it. */
export function parseFingerprint(output: string): string | undefined {
  const found = /^\s*SHA256: ([0-9A-F:]+)/m.exec(output)
  return found?.[1]?.replaceAll(':', '').toLowerCase()
}

/** Type of the store as keytool found it: JKS, PKCS12 … */
export function parseType(output: string): string | undefined {
  return /^Keystore type: (\S+)/m.exec(output)?.[1]?.toUpperCase()
}

function parseEntry(text: string): Entry {
  const line = (pattern: RegExp) => pattern.exec(text)?.[1]?.trim()
  const kind = line(/^Entry type: (.*)$/m)
  // Only what belongs to the first certificate: a chain has more of each.
  const first = text.split(/^Certificate\[2\]:/m)[0]!
  return {
    alias: text.slice(0, text.indexOf('\n')),
    kind: kind === 'PrivateKeyEntry' ? 'key' : kind === 'trustedCertEntry' ? 'trusted' : 'other',
    sha256: parseFingerprint(first),
    owner: line(/^Owner: (.*)$/m),
    san: parseSan(first),
    notAfter: line(/^Valid from: .* until: (.*)$/m),
  }
}

const KINDS: Record<string, string> = { DNSName: 'dns', IPAddress: 'ip', RFC822Name: 'email', URIName: 'uri' }

function parseSan(text: string): string[] {
  const block = /SubjectAlternativeName \[\n([\s\S]*?)^\]/m.exec(text)?.[1] ?? ''
  return [...block.matchAll(/^ {2}(\w+): (.*)$/gm)].map((match) => normalSan(`${KINDS[match[1]!] ?? match[1]}:${match[2]}`))
}

/** One way to write each name, so that they can be compared. */
export function normalSan(name: string): string {
  const lower = name.trim().toLowerCase()
  return lower.startsWith('ip:') && lower.slice(3).includes(':') ? `ip:${longIpv6(lower.slice(3))}` : lower
}

/** '::1' as keytool writes it: 0:0:0:0:0:0:0:1. */
function longIpv6(address: string): string {
  const [head = '', tail] = address.split('::')
  const groups = (text: string) => (text === '' ? [] : text.split(':'))
  const [left, right] = [groups(head), groups(tail ?? '')]
  const zeros = tail === undefined ? [] : Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0')
  return [...left, ...zeros, ...right].map((group) => group.replace(/^0+(?=.)/, '')).join(':')
}

/** A distinguished name as a list of KEY=value, whatever its spaces and quotes. */
export function normalName(name: string): string[] {
  const parts: string[] = []
  let part = ''
  let quoted = false
  for (let i = 0; i < name.length; i++) {
    const char = name[i]!
    if (char === '\\' && i + 1 < name.length) part += name[++i]
    else if (char === '"') quoted = !quoted
    else if (char === ',' && !quoted) {
      parts.push(part)
      part = ''
    } else part += char
  }
  return [...parts, part]
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map(normalPart)
}

function normalPart(part: string): string {
  const at = part.indexOf('=')
  const key = part.slice(0, at).trim().toUpperCase()
  return `${key === 'S' ? 'ST' : key}=${part.slice(at + 1).trim()}`
}
