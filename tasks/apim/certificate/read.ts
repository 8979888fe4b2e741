/** What a certificate says of itself. */
import { X509Certificate } from 'node:crypto'

export interface Certificate {
  names: string[]
  /** The owner, as one line. */
  subject: string
  issuer: string
  notBefore: Date
  notAfter: Date
  sha256: string
  keyKind: string
  selfSigned: boolean
  /** Its public key, as DER in base64. */
  publicKey: string
  /** Did the owner of another certificate sign this one? */
  signedBy(other: Certificate): boolean
  pem: string
}

/** The PEM blocks of a text, one after the other. */
export function certificatesIn(text: string): string[] {
  return text.match(/-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[^-]+-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g) ?? []
}

/** A text says what is wrong with it. */
export function readCertificate(pem: string | Uint8Array): Certificate | string {
  try {
    const x509 = new X509Certificate(typeof pem === 'string' ? pem : Buffer.from(pem))
    const key = x509.publicKey
    const kind = key.asymmetricKeyType === 'rsa' ? `RSA ${key.asymmetricKeyDetails?.modulusLength}` : `${(key.asymmetricKeyType ?? '').toUpperCase()} ${key.asymmetricKeyDetails?.namedCurve ?? ''}`.trim()
    return {
      names: namesOf(x509),
      subject: oneLine(x509.subject),
      issuer: oneLine(x509.issuer),
      notBefore: new Date(x509.validFrom),
      notAfter: new Date(x509.validTo),
      sha256: x509.fingerprint256.replaceAll(':', '').toLowerCase(),
      keyKind: kind,
      selfSigned: x509.subject === x509.issuer,
      publicKey: key.export({ type: 'spki', format: 'der' }).toString('base64'),
      signedBy: (other) => x509.issuer === new X509Certificate(other.pem).subject && x509.verify(new X509Certificate(other.pem).publicKey),
      pem: x509.toString().trim(),
    }
  } catch {
    return 'a certificate in it can not be read'
  }
}

const oneLine = (name: string | undefined): string => (name ?? '').split('\n').join(', ')

/** Browsers and Java look at the alternative names only, where there are any. */
function namesOf(x509: X509Certificate): string[] {
  const alternatives = x509.subjectAltName?.split(/,\s*/).map((name) => name.replace(/^(DNS|IP Address):/, '')) ?? []
  const common = /^CN=(.*)$/m.exec(x509.subject)?.[1]
  return alternatives.length > 0 ? alternatives : common ? [common] : []
}
