/**
 * What was encrypted, so that it can be known without decrypting: RSA-OAEP gives another text each time.
 *
 * Kept are fingerprints, never secrets. Their key is derived (scrypt) from the keystore password: who could try secrets
 * against them has the keystore password already, and could as well decrypt them.
 */
import { createHash, createHmac, scryptSync, timingSafeEqual } from 'node:crypto'

export interface Intent {
  version: 1
  salt: string
  keystore: string
  secrets: Record<string, string>
}

/** The intent that these arguments make. */
export function makeIntent(
  secrets: Record<string, string>,
  keystorePassword: string,
  keystoreSha256: string,
  home: string,
): Intent {
  // No two keystores have the same hash, so that no two salts are the same; and the plan stays a pure function.
  const salt = createHash('sha256').update(`aarun secrets\0${home}\0${keystoreSha256}`).digest('hex')
  const key = scryptSync(keystorePassword, Buffer.from(salt, 'hex'), 32)
  const prints = Object.entries(secrets).map(([alias, secret]) => [
    alias,
    createHmac('sha256', key).update(`${alias}\0${secret}`).digest('hex'),
  ])
  return { version: 1, salt, keystore: keystoreSha256, secrets: Object.fromEntries(prints) }
}

/** The intent that was kept; undefined: none, or not readable. */
export function readIntent(content: Uint8Array | undefined): Intent | undefined {
  if (!content) return undefined
  try {
    const value = JSON.parse(Buffer.from(content).toString('utf8')) as Intent
    return value.version === 1 && typeof value.secrets === 'object' && value.secrets !== null ? value : undefined
  } catch {
    return undefined
  }
}

export function writeIntent(intent: Intent): Uint8Array {
  return new Uint8Array(Buffer.from(`${JSON.stringify(intent, null, 2)}\n`, 'utf8'))
}

/** Was this alias encrypted from the same secret, with the same keystore? */
export function sameSecret(alias: string, wanted: Intent, kept: Intent | undefined): boolean {
  const [a, b] = [wanted.secrets[alias], kept?.secrets[alias]]
  if (!kept || kept.keystore !== wanted.keystore || kept.salt !== wanted.salt || typeof a !== 'string' || typeof b !== 'string')
    return false
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
}

/** Would nothing be encrypted anew, as far as the intent tells? */
export function isKept(
  kept: Intent | undefined,
  secrets: Record<string, string>,
  keystorePassword: string,
  home: string,
): boolean {
  if (!kept) return false
  const wanted = makeIntent(secrets, keystorePassword, kept.keystore, home)
  const aliases = Object.keys(secrets)
  return aliases.length === Object.keys(kept.secrets).length && aliases.every((alias) => sameSecret(alias, wanted, kept))
}
