/** What PKCS12 makes out of a password: keys for its MAC and its encryption (RFC 7292 appendix B, RFC 8018). */
import { createDecipheriv, createHash, pbkdf2Sync } from 'node:crypto'
import { children, contentOf, integerOf, type Node, oidOf } from './der.ts'

/** A way of encrypting that is not known here; keytool knows it. */
export class Unsupported extends Error {}

const HASHES: Record<string, string> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
}
const PSEUDO_RANDOM: Record<string, string> = {
  '1.2.840.113549.2.7': 'sha1',
  '1.2.840.113549.2.9': 'sha256',
  '1.2.840.113549.2.10': 'sha384',
  '1.2.840.113549.2.11': 'sha512',
}
const AES: Record<string, number> = {
  '2.16.840.1.101.3.4.1.2': 128,
  '2.16.840.1.101.3.4.1.22': 192,
  '2.16.840.1.101.3.4.1.42': 256,
}
const PBES2 = '1.2.840.113549.1.5.13'
const PBKDF2 = '1.2.840.113549.1.5.12'
const SHA1_AND_3DES = '1.2.840.113549.1.12.1.3'
/** For what a derived key is. */
const PURPOSE = { encryption: 1, vector: 2, mac: 3 }
/** A store that asks for more would hold up the run; Java refuses such ones too. */
const MOST_ITERATIONS = 5_000_000

export function hashOf(algorithm: Node | undefined): string {
  const hash = HASHES[oidOf(children(algorithm)[0])]
  if (!hash) throw new Unsupported('a digest')
  return hash
}

export const macKey = (hash: string, password: string, salt: Buffer, iterations: number): Buffer =>
  derive(hash, password, { salt, iterations: checked(iterations) }, PURPOSE.mac, createHash(hash).digest().length)

/** `algorithm`: an AlgorithmIdentifier. Throws when the password is not right, as bytes that can't be are found. */
export function decrypt(algorithm: Node | undefined, password: string, data: Buffer): Buffer {
  const [oid, parameters] = children(algorithm)
  const name = oidOf(oid)
  if (name === PBES2) return decryptPbes2(parameters, password, data)
  if (name !== SHA1_AND_3DES) throw new Unsupported(name)
  const [saltNode, count] = children(parameters)
  const from = { salt: contentOf(saltNode), iterations: checked(integerOf(count)) }
  const key = derive('sha1', password, from, PURPOSE.encryption, 24)
  return run('des-ede3-cbc', key, derive('sha1', password, from, PURPOSE.vector, 8), data)
}

function decryptPbes2(parameters: Node | undefined, password: string, data: Buffer): Buffer {
  const [derivation, scheme] = children(parameters)
  const [derivationName, derivationParameters] = children(derivation)
  const [schemeName, vector] = children(scheme)
  const bits = AES[oidOf(schemeName)]
  if (oidOf(derivationName) !== PBKDF2 || !bits) throw new Unsupported('a way of encryption')
  const [salt, count, ...rest] = children(derivationParameters)
  // The length of the key may stand before the function.
  const pseudo = rest.find((node) => node.tag === 0x30)
  const hash = pseudo ? PSEUDO_RANDOM[oidOf(children(pseudo)[0])] : 'sha1'
  if (!hash) throw new Unsupported('a function')
  const key = pbkdf2Sync(Buffer.from(password, 'utf8'), contentOf(salt), checked(integerOf(count)), bits / 8, hash)
  return run(`aes-${bits}-cbc`, key, contentOf(vector), data)
}

function run(cipher: string, key: Buffer, vector: Buffer, data: Buffer): Buffer {
  const decipher = createDecipheriv(cipher, key, vector)
  return Buffer.concat([decipher.update(data), decipher.final()])
}

function checked(iterations: number): number {
  if (iterations > MOST_ITERATIONS) throw new Unsupported('iterations')
  return iterations
}

/** RFC 7292 appendix B.2. */
function derive(
  hash: string,
  password: string,
  from: { salt: Buffer; iterations: number },
  purpose: number,
  length: number,
): Buffer {
  const block = hash === 'sha384' || hash === 'sha512' ? 128 : 64
  // Big endian, with two zeros at the end.
  const secret = Buffer.from(`${password}\0`, 'utf16le').swap16()
  const input = Buffer.concat([repeated(from.salt, block), repeated(secret, block)])
  const parts: Buffer[] = []
  for (let made = 0; made < length; ) {
    let digest = createHash(hash).update(Buffer.alloc(block, purpose)).update(input).digest()
    for (let turn = 1; turn < from.iterations; turn++) digest = createHash(hash).update(digest).digest()
    parts.push(digest)
    made += digest.length
    const addend = repeated(digest, block).subarray(0, block)
    for (let at = 0; at < input.length; at += block) addOne(input.subarray(at, at + block), addend)
  }
  return Buffer.concat(parts).subarray(0, length)
}

/** Filled up to the next multiple of a block with itself. */
function repeated(bytes: Buffer, block: number): Buffer {
  return bytes.length === 0 ? bytes : Buffer.alloc(Math.ceil(bytes.length / block) * block, bytes)
}

/** block += addend + 1, as big numbers. */
function addOne(block: Buffer, addend: Buffer): void {
  let carry = 1
  for (let at = block.length - 1; at >= 0; at--) {
    carry += block[at]! + addend[at]!
    block[at] = carry & 0xff
    carry >>= 8
  }
}
