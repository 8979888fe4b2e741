/**
 * Java's own format of a keystore, JKS. Its layout and its protection of keys are those of OpenJDK
 * (sun.security.provider.JavaKeyStore and KeyProtector).
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import { children, contentOf, Malformed, nodeIn } from './der.ts'
import type { Opened, StoredEntry } from './entry.ts'

const PRIVATE_KEY = 1
const TRUSTED = 2
const DIGEST = 20

export const isJks = (bytes: Buffer): boolean => bytes.length > 12 && bytes.readUInt32BE(0) === 0xfeedfeed

export function openJks(bytes: Buffer, password: string): Opened {
  const body = bytes.subarray(0, bytes.length - DIGEST)
  const reader = new Reader(body)
  reader.bytes(4)
  const version = reader.int()
  const count = reader.int()
  const entries: StoredEntry[] = []
  for (let index = 0; index < count; index++) entries.push(readEntry(reader, version))
  const digest = createHash('sha1').update(utf16(password)).update('Mighty Aphrodite', 'utf8').update(body).digest()
  return timingSafeEqual(digest, bytes.subarray(-DIGEST)) ? { entries } : { wrongPassword: true }
}

function readEntry(reader: Reader, version: number): StoredEntry {
  const tag = reader.int()
  const alias = reader.text()
  // The date on which it was made.
  reader.bytes(8)
  if (tag === TRUSTED) return { alias, kind: 'trusted', certificate: readCertificate(reader, version) }
  if (tag !== PRIVATE_KEY) throw new Malformed('an entry of an unknown kind')
  const key = reader.bytes(reader.int())
  const chain = Array.from({ length: reader.count() }, () => readCertificate(reader, version))
  return { alias, kind: 'key', certificate: chain[0], opensWith: (password) => fits(key, password) }
}

function readCertificate(reader: Reader, version: number): Buffer {
  if (version === 2 && reader.text() !== 'X.509') throw new Malformed('a certificate that is not X.509')
  return reader.bytes(reader.int())
}

/** The key is salt, key xor stream, digest of password and key; the stream is SHA-1 of the password and what came before. */
function fits(protectedKey: Buffer, password: string): boolean {
  const [, octets] = children(nodeIn(protectedKey))
  const content = contentOf(octets)
  if (content.length < 2 * DIGEST) throw new Malformed('a key that is too short')
  const secret = utf16(password)
  const hidden = content.subarray(DIGEST, -DIGEST)
  const plain = Buffer.alloc(hidden.length)
  let block = content.subarray(0, DIGEST)
  for (let at = 0; at < hidden.length; at++) {
    if (at % DIGEST === 0) block = createHash('sha1').update(secret).update(block).digest()
    plain[at] = hidden[at]! ^ block[at % DIGEST]!
  }
  return timingSafeEqual(createHash('sha1').update(secret).update(plain).digest(), content.subarray(-DIGEST))
}

/** Java digests a password as its characters, two bytes each. */
const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16()

class Reader {
  private at = 0
  private readonly source: Buffer

  constructor(source: Buffer) {
    this.source = source
  }

  int(): number {
    return this.bytes(4).readUInt32BE(0)
  }

  /** Of things that each need some bytes: a file can't hold more of them than bytes. */
  count(): number {
    const count = this.int()
    if (count > this.source.length) throw new Malformed('a count that can not be')
    return count
  }

  /** Java's writeUTF; aliases outside of the basic plane are not decoded here as Java does, which nobody has. */
  text(): string {
    return this.bytes(this.bytes(2).readUInt16BE(0)).toString('utf8')
  }

  bytes(length: number): Buffer {
    const end = this.at + length
    if (end > this.source.length) throw new Malformed('cut off')
    const part = this.source.subarray(this.at, end)
    this.at = end
    return part
  }
}
