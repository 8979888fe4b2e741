/** Who vouches for a certificate: what those who check it have to trust. */
import { rootCertificates } from 'node:tls'
import { readCertificate, type Certificate } from './read.ts'

/**
 * The authority at the end of a chain: one that was given, the last of the chain itself, or one of the public authorities
 * that this machine's Node knows (what they sign comes without their own certificate). Undefined: nobody who is known.
 */
export function authorityOf(chain: Certificate[], given: Certificate[], known: readonly string[] = rootCertificates): Certificate | undefined {
  const last = chain.at(-1)!
  const own = given.find((one) => one.pem === last.pem || last.signedBy(one))
  if (own || last.selfSigned) return own ?? last
  return known.map(readCertificate).find((one): one is Certificate => typeof one !== 'string' && last.signedBy(one))
}
