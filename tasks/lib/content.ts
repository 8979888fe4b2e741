/** Content of files: hashes, and how it is shown in a diff. */
import { createHash } from 'node:crypto'
import type { DiffSide } from '../../src/module/index.ts'

/** More than this is not shown line by line. */
const SHOWN = 128 * 1024

export const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'utf8'))
export const utf8 = (content: Uint8Array): string => Buffer.from(content).toString('utf8')

export function hashOf(content: Uint8Array, algorithm = 'sha256'): string {
  return createHash(algorithm).update(content).digest('hex')
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}

/** Text as it is; binary or long content as one line that identifies it. */
export function contentSide(content: Uint8Array, options: { secret?: boolean; label?: string } = {}): DiffSide {
  const text = content.length <= SHOWN ? asText(content) : undefined
  return { ...options, text: text ?? summary(content.length, hashOf(content), content.length <= SHOWN ? 'binary' : 'large') }
}

/** For content that was not read: only its size and hash are known. */
export function unreadSide(
  size: number | undefined,
  sha256: string | undefined,
  options: { secret?: boolean; label?: string } = {},
): DiffSide {
  return { ...options, text: summary(size, sha256, 'not shown') }
}

function summary(size: number | undefined, sha256: string | undefined, kind: string): string {
  return `${kind}, ${size ?? '?'} bytes, sha256 ${sha256 ? `${sha256.slice(0, 12)}…` : 'unknown'}\n`
}

/** Undefined when it is not text. */
function asText(content: Uint8Array): string | undefined {
  if (content.includes(0)) return undefined
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content)
  } catch {
    return undefined
  }
}

/** True when bytes survive being read as UTF-8 text and written again. */
export function isText(content: Uint8Array): boolean {
  return sameBytes(bytes(utf8(content)), content)
}
