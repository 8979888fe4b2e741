import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'

const alphabet = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** crypt(3) with SHA-256 (`$5$`) or SHA-512 (`$6$`), after Ulrich Drepper's specification. */
export function shaCrypt(kind: 'sha256' | 'sha512', password: string, saltText: string, rounds?: number): string {
  const size = kind === 'sha512' ? 64 : 32
  const key = Buffer.from(password)
  const salt = Buffer.from(saltText.slice(0, 16))
  const hash = (...parts: Buffer[]) => parts.reduce((h, part) => h.update(part), createHash(kind)).digest()
  const stretch = (block: Buffer, length: number) => Buffer.concat(Array.from({ length: Math.ceil(length / size) }, () => block)).subarray(0, length)

  const b = hash(key, salt, key)
  const parts = [key, salt, stretch(b, key.length)]
  for (let bits = key.length; bits > 0; bits >>= 1) parts.push(bits & 1 ? b : key)
  let a = hash(...parts)

  const p = stretch(hash(...Array.from({ length: key.length }, () => key)), key.length)
  const s = stretch(hash(...Array.from({ length: 16 + a[0]! }, () => salt)), salt.length)
  const count = rounds === undefined ? 5000 : Math.min(Math.max(rounds, 1000), 999_999_999)
  for (let i = 0; i < count; i++) {
    const round: Buffer[] = [i & 1 ? p : a]
    if (i % 3) round.push(s)
    if (i % 7) round.push(p)
    round.push(i & 1 ? a : p)
    a = hash(...round)
  }
  const prefix = kind === 'sha512' ? '$6$' : '$5$'
  // Ansible writes the rounds only if they are not the 5000 of the specification.
  return `${prefix}${rounds === undefined || count === 5000 ? '' : `rounds=${count}$`}${salt.toString()}$${encode(a, kind)}`
}

/** The specification's own base 64: bytes in a permuted order, low bits first. */
function encode(bytes: Buffer, kind: 'sha256' | 'sha512'): string {
  const third = kind === 'sha512' ? 21 : 10
  let out = ''
  const emit = (x: number, y: number, z: number, length: number) => {
    let word = (x << 16) | (y << 8) | z
    for (let i = 0; i < length; i++, word >>= 6) out += alphabet[word & 63]
  }
  let index = [0, third, 2 * third]
  for (let i = 0; i < third; i++) {
    emit(bytes[index[0]!]!, bytes[index[1]!]!, bytes[index[2]!]!, 4)
    index = kind === 'sha512' ? [index[1]! + 1, index[2]! + 1, index[0]! + 1] : [index[2]! + 1, index[0]! + 1, index[1]! + 1]
  }
  if (kind === 'sha512') emit(0, 0, bytes[63]!, 2)
  else emit(0, bytes[31]!, bytes[30]!, 3)
  return out
}
