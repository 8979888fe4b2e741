/** Does the key belong to the certificate? */
import { createPrivateKey, createPublicKey } from 'node:crypto'
import type { Certificate } from './read.ts'

export function keyFindings(
  chain: Certificate[],
  key: string,
  passphrase: string | undefined,
  paths: { certificate: string; key: string },
): string[] {
  if (!key.includes('PRIVATE KEY-----')) return [`${paths.key} holds no private key as PEM`]
  const encrypted = /ENCRYPTED/.test(key)
  if (encrypted && passphrase === undefined) return [`the key ${paths.key} is encrypted: give its passphrase`]
  let own: string
  try {
    const secret = createPrivateKey({ key, format: 'pem', ...(passphrase !== undefined && { passphrase }) })
    own = createPublicKey(secret).export({ type: 'spki', format: 'der' }).toString('base64')
  } catch {
    return [encrypted ? `the passphrase of ${paths.key} is not right` : `the key ${paths.key} can not be read`]
  }
  if (chain[0]!.publicKey === own) return []
  const place = chain.findIndex((one) => one.publicKey === own)
  return [
    place > 0
      ? `its first certificate is not that of the server but of ${chain[0]!.subject}: put certificate ${place + 1} first, then its chain`
      : `the key ${paths.key} belongs to another certificate`,
  ]
}

/** The key without its passphrase, as PEM; undefined when it can't be read. */
export function plainKey(key: string, passphrase: string | undefined): string | undefined {
  try {
    return createPrivateKey({ key, format: 'pem', ...(passphrase !== undefined && { passphrase }) }).export({ type: 'pkcs8', format: 'pem' }).toString()
  } catch {
    return undefined
  }
}
