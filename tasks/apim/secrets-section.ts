/** The [secrets] section of deployment.toml as text, and what the rest says about secrets and keystores. */
import TOML from '@iarna/toml'

export interface Sections {
  /** Everything but [secrets], ending with a line end. */
  head: string
  /** Alias to what stands between the quotes, as written. */
  secrets: Map<string, string>
  /** [secrets] is the last section, and holds nothing but aliases: the cipher tool cuts the file off otherwise. */
  tidy: boolean
}

const HEADER = /^\s*\[\s*secrets\s*\]\s*(#.*)?$/
const ENTRY = /^\s*"?([\w.-]+)"?\s*=\s*"((?:[^"\\]|\\.)*)"\s*(#.*)?$/

export function splitSecrets(text: string): Sections {
  const head: string[] = []
  const secrets = new Map<string, string>()
  let inside = false
  let tidy = true
  for (const line of text.replaceAll('\r\n', '\n').replace(/\n$/, '').split('\n')) {
    if (HEADER.test(line)) {
      tidy &&= secrets.size === 0 && !inside
      inside = true
    } else if (inside && /^\s*\[/.test(line)) {
      inside = false
      tidy = false
      head.push(line)
    } else if (!inside) {
      head.push(line)
    } else {
      const entry = ENTRY.exec(line)
      if (entry) secrets.set(entry[1]!, entry[2]!)
      if (!entry && line.trim() !== '') tidy = false
      if (entry?.[3]) tidy = false
    }
  }
  return { head: `${head.join('\n').replace(/\n+$/, '')}\n`, secrets, tidy }
}

/** The file with [secrets] as its last section. `values`: alias to what goes between the quotes. */
export function joinSecrets(head: string, values: [string, string][]): string {
  if (values.length === 0) return head
  return `${head}\n[secrets]\n${values.map(([alias, value]) => `${alias} = "${value}"\n`).join('')}`
}

/** A plain secret as the cipher tool wants it: in brackets, escaped as TOML. */
export function plainValue(secret: string): string {
  const escapes: Record<string, string> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }
  return `[${secret.replace(/["\\\n\r\t]/g, (char) => escapes[char]!)}]`
}

export function isEncrypted(value: string | undefined): boolean {
  return value !== undefined && value !== '' && !value.startsWith('[')
}

/** Aliases that `$secret{alias}` names. */
export function referredAliases(head: string): string[] {
  const lines = head.split('\n').filter((line) => !line.trim().startsWith('#'))
  return [...new Set([...lines.join('\n').matchAll(/\$secret\{([^}]*)\}/g)].map((match) => match[1]!))]
}

/** A keystore as deployment.toml names it. */
export interface NamedKeystore {
  /** Absolute, or a name in repository/resources/security. */
  file: string
  type: string
  alias: string
}

/**
 * The keystore that encrypts: of [keystore.internal], else [keystore.primary], else what ships. What a table does not say
 * has the defaults of the pack's default.json. Throws on broken TOML.
 */
export function encryptingKeystore(text: string): NamedKeystore {
  const document = TOML.parse(text) as { keystore?: Record<string, Record<string, unknown> | undefined> }
  const named = (key: string) =>
    [document.keystore?.internal?.[key], document.keystore?.primary?.[key]].find(
      (value): value is string => typeof value === 'string' && !value.startsWith('$ref{'),
    )
  return { file: named('file_name') ?? 'wso2carbon.jks', type: named('type') ?? 'JKS', alias: named('alias') ?? 'wso2carbon' }
}
