/** Reads one YAML document into plain values, remembering where each was written. */
import { Buffer } from 'node:buffer'
import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  parseDocument,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml'
import { InputError, InputErrors } from './error.ts'
import { explainSyntax } from './explain.ts'
import type { Style } from './align.ts'
import { type Entry, entryOf, type Positions, positions, setTable } from './positions.ts'
import { decryptFile, decryptValue, readText } from './read.ts'
import { isOctal, resolvePlain } from './scalars.ts'
import { makeSource, positionAt, type Source } from './source.ts'
import { Unsafe } from './unsafe.ts'
import { isVaultText, type Vault } from './vault.ts'

export interface LoadOptions {
  vault?: Vault | undefined
}

/** The value of a YAML (or JSON) file; `$ANSIBLE_VAULT` files are decrypted. Throws InputError. */
export function loadYaml(
  file: string | { name: string; text: string },
  options: LoadOptions = {},
): { value: unknown; positions: Positions } {
  const name = typeof file === 'string' ? file : file.name
  let text = typeof file === 'string' ? readText(file) : file.text
  const encrypted = isVaultText(text)
  if (encrypted) text = decryptFile(name, text, options.vault)
  const source = makeSource(name, text, encrypted)
  const builder = new Builder(source, options.vault, encrypted)
  return { value: builder.document(), positions }
}

const vaultTags = new Set(['!vault', '!vault-encrypted'])
const coreTags = new Set(
  ['str', 'int', 'float', 'bool', 'null', 'map', 'seq', 'binary', 'timestamp'].map((tag) => `tag:yaml.org,2002:${tag}`),
)

class Builder {
  readonly #source: Source
  readonly #vault: Vault | undefined
  /** All texts of a decrypted file are secrets. */
  readonly #secret: boolean
  readonly #errors: InputError[] = []
  /** Anchored nodes that are built: an alias gives the same object. Undefined while it is being built. */
  readonly #built = new Map<Node, unknown>()
  readonly #anchors = new Map<string, Node>()

  constructor(source: Source, vault: Vault | undefined, secret: boolean) {
    this.#source = source
    this.#vault = vault
    this.#secret = secret
  }

  document(): unknown {
    const document = parseDocument<Node>(this.#source.text, {
      schema: 'failsafe',
      version: '1.1',
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'error',
      merge: false,
    })
    if (document.errors.length > 0) {
      const [error] = document.errors
      throw explainSyntax(this.#source, error!)
    }
    const value = document.contents ? this.#node(document.contents, '') : null
    if (this.#errors.length === 1) throw this.#errors[0]
    if (this.#errors.length > 1) throw new InputErrors(this.#errors)
    return value
  }

  #node(node: Node | null, key: string): unknown {
    if (node === null) return null
    if (isAlias(node)) return this.#alias(node)
    if (node.anchor) this.#anchors.set(node.anchor, node)
    const value = this.#tagged(node, key)
    if (node.anchor) this.#built.set(node, value)
    return value
  }

  #alias(alias: Alias): unknown {
    const node = this.#anchors.get(alias.source)
    if (node && this.#built.has(node)) return this.#built.get(node)
    this.#error(
      alias,
      node ? `the anchor &${alias.source} contains itself` : `unknown anchor: *${alias.source}`,
      node ? undefined : 'text that begins with * must be in quotes',
    )
    return null
  }

  #tagged(node: Node, key: string): unknown {
    const { tag } = node
    if (tag === '!unsafe') return new Unsafe(this.#untagged(node, key))
    if (tag !== undefined && !coreTags.has(tag) && tag !== '!' && !vaultTags.has(tag)) {
      this.#error(
        node,
        `unknown tag ${tag}`,
        'known are !vault, !vault-encrypted and !unsafe; text that begins with ! must be in quotes',
        true,
      )
    }
    if (tag !== undefined && vaultTags.has(tag) && !isScalar(node)) this.#error(node, `${tag} needs an encrypted text`)
    return this.#untagged(node, key)
  }

  #untagged(node: Node, key: string): unknown {
    if (isMap(node)) return this.#map(node)
    if (isSeq(node)) return this.#sequence(node)
    return this.#scalar(node as Scalar, key)
  }

  #map(map: YAMLMap): Record<string, unknown> {
    const result: Record<string, unknown> = {}
    const start = map.range?.[0] ?? 0
    const entries = setTable(result, this.#source, start)
    const merges: Node[] = []
    for (const { key: keyNode, value } of map.items as { key: Node | null; value: Node | null }[]) {
      const key = this.#key(keyNode, map)
      if (key === undefined) continue
      if (key === '<<' && isScalar(keyNode) && keyNode.type === 'PLAIN') {
        if (value) merges.push(value)
        continue
      }
      const earlier = entries.get(key)
      if (earlier) {
        const first = positionAt(this.#source, earlier.key)
        this.#error(
          keyNode!,
          `the key \`${key}\` is written twice`,
          `first on line ${first.line}, column ${first.column}; keep one of them`,
        )
        continue
      }
      entries.set(key, this.#entry(keyNode, value))
      this.#assign(result, key, value)
    }
    for (const merge of merges) this.#merge(merge, result, entries)
    return result
  }

  /** `<<`: keys of the mapping win over merged ones, earlier merges over later ones. */
  #merge(node: Node, into: Record<string, unknown>, entries: Map<string, Entry>): void {
    const value = this.#node(node, '')
    const sources = Array.isArray(value) ? value : [value]
    for (const source of sources) {
      if (typeof source !== 'object' || source === null || Array.isArray(source) || source instanceof Unsafe) {
        this.#error(node, '<< needs a mapping, or a list of mappings', 'for example <<: *anchor')
        return
      }
      for (const [key, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(source))) {
        if (Object.hasOwn(into, key)) continue
        Object.defineProperty(into, key, descriptor)
        const place = entryOf(source, key)
        if (place) entries.set(key, place)
      }
    }
  }

  #sequence(sequence: YAMLSeq): unknown[] {
    const result: unknown[] = []
    const entries = setTable(result, this.#source, sequence.range?.[0] ?? 0)
    ;(sequence.items as (Node | null)[]).forEach((item, index) => {
      entries.set(String(index), this.#entry(item, item))
      this.#assign(result as unknown as Record<string, unknown>, String(index), item)
    })
    return result
  }

  /** A key is always text, as it was written. */
  #key(node: Node | null, map: YAMLMap): string | undefined {
    const resolved = isAlias(node) ? this.#anchors.get(node.source) : node
    if (resolved?.anchor) this.#anchors.set(resolved.anchor, resolved)
    if (isScalar(resolved)) {
      const key = String(resolved.value ?? '')
      if (resolved.anchor) this.#built.set(resolved, key)
      return key
    }
    if (resolved && map.flow)
      this.#error(map, 'expected a simple key', 'text that begins with {{ must be in quotes: "{{ name }}"')
    else this.#error(resolved ?? map, 'expected a simple key, got a list or a mapping')
    return undefined
  }

  #assign(into: Record<string, unknown>, key: string, node: Node | null): void {
    if (isScalar(node) && node.tag !== undefined && vaultTags.has(node.tag)) {
      this.#assignEncrypted(into, key, node)
      return
    }
    // A key such as __proto__ is data like any other.
    Object.defineProperty(into, key, { value: this.#node(node, key), writable: true, enumerable: true, configurable: true })
  }

  /** Decrypted when it is first read: a run that does not use it needs no password. */
  #assignEncrypted(into: Record<string, unknown>, key: string, node: Scalar): void {
    const text = String(node.value)
    const position = this.#position(node)
    const vault = this.#vault
    Object.defineProperty(into, key, {
      enumerable: true,
      configurable: true,
      get: () => {
        const value = decryptValue(text, position, vault)
        Object.defineProperty(into, key, { value, writable: true, enumerable: true, configurable: true })
        return value
      },
      set: (value: unknown) => {
        Object.defineProperty(into, key, { value, writable: true, enumerable: true, configurable: true })
      },
    })
  }

  #scalar(node: Scalar, key: string): unknown {
    const text = String(node.value ?? '')
    if (node.tag !== undefined && vaultTags.has(node.tag)) return decryptValue(text, this.#position(node), this.#vault)
    const value = this.#scalarValue(node, text, key)
    if (this.#secret && typeof value === 'string') this.#vault?.onSecret?.(value)
    return value
  }

  #scalarValue(node: Scalar, text: string, key: string): unknown {
    const tag = node.tag?.replace('tag:yaml.org,2002:', '')
    if (tag === 'binary') return Buffer.from(text, 'base64').toString('utf8')
    if (tag === 'str' || tag === '!' || tag === '!unsafe' || tag === 'timestamp') return text
    if (node.type !== 'PLAIN' && tag === undefined) return text
    // YAML makes 420 of 0644; permission bits are kept as they were written.
    if (/mode$/i.test(key) && isOctal(text)) return text.replace(/^0o/, '0')
    const value = resolvePlain(text)
    if (tag === undefined || !coreTags.has(node.tag!)) return value
    const type =
      value === null
        ? 'null'
        : typeof value === 'boolean'
          ? 'bool'
          : typeof value === 'number'
            ? Number.isInteger(value)
              ? 'int'
              : 'float'
            : 'str'
    if (type !== tag && !(tag === 'float' && type === 'int')) this.#error(node, `this is no ${tag}: ${text}`)
    return value
  }

  #entry(key: Node | null, value: Node | null): Entry {
    const keyStart = key?.range?.[0] ?? 0
    // An empty value is reported at its key.
    const empty = value === null || (isScalar(value) && value.range?.[0] === value.range?.[1])
    const entry: Entry = {
      source: this.#source,
      key: keyStart,
      value: empty ? keyStart : (value.range?.[0] ?? keyStart),
      valueEnd: value?.range?.[1] ?? keyStart,
    }
    const resolved = isAlias(value) ? this.#anchors.get(value.source) : value
    if (isScalar(resolved) && resolved.range) {
      entry.style = styleOf(resolved)
      if (resolved !== value) [entry.value, entry.valueEnd] = resolved.range
    }
    return entry
  }

  #position(node: Node) {
    return positionAt(this.#source, node.range?.[0] ?? 0)
  }

  #error(node: Node, message: string, hint?: string, atTag = false): void {
    let offset = node.range?.[0] ?? 0
    if (atTag) {
      const tagAt = this.#source.text.lastIndexOf('!', offset)
      if (tagAt !== -1) offset = tagAt
    }
    this.#errors.push(new InputError(message, { position: positionAt(this.#source, offset), hint }))
  }
}

function styleOf(node: Scalar): Style {
  switch (node.type) {
    case 'QUOTE_SINGLE':
      return 'single'
    case 'QUOTE_DOUBLE':
      return 'double'
    case 'BLOCK_LITERAL':
      return 'literal'
    case 'BLOCK_FOLDED':
      return 'folded'
    default:
      return 'plain'
  }
}
