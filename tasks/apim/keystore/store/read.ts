/**
 * What a keystore holds, from its bytes: no Java machine has to be started to look into it. What is not known here (other
 * formats, old ciphers) is left to keytool.
 */
import { X509Certificate } from 'node:crypto'
import type { Entry } from '../keytool-output.ts'
import type { Opened, StoredEntry } from './entry.ts'
import { Malformed } from './der.ts'
import { isJks, openJks } from './jks.ts'
import { Unsupported } from './password-based.ts'
import { isPkcs12, openPkcs12 } from './pkcs12.ts'
import { alternativeNames, ownerOf } from './names.ts'

/** Undefined: ask keytool. */
export type Contents = { type: 'JKS' | 'PKCS12'; wrongPassword?: true; entries: (Entry & StoredEntry)[] } | undefined

/** A store is asked about several times while a task is planned; to derive its keys takes some hundredths of a second. */
const known = new WeakMap<Uint8Array, Map<string, Contents>>()

export function readStore(content: Uint8Array, password: string): Contents {
  const answers = known.get(content) ?? new Map<string, Contents>()
  known.set(content, answers)
  if (!answers.has(password)) answers.set(password, read(Buffer.from(content), password))
  return answers.get(password)
}

function read(bytes: Buffer, password: string): Contents {
  // How keytool reads another one out of its environment depends on the locale there.
  if (!/^[\x20-\x7e]*$/.test(password)) return undefined
  try {
    if (isJks(bytes)) return described('JKS', openJks(bytes, password))
    return isPkcs12(bytes) ? described('PKCS12', openPkcs12(bytes, password)) : undefined
  } catch (error) {
    if (error instanceof Malformed || error instanceof Unsupported || isOpenssl(error)) return undefined
    throw error
  }
}

/** A cipher that this runtime lacks, or data that can't be decrypted: keytool knows more, or says it better. */
const isOpenssl = (error: unknown): boolean => String((error as { code?: unknown }).code ?? '').startsWith('ERR_')

function described(type: 'JKS' | 'PKCS12', opened: Opened): Contents {
  if ('wrongPassword' in opened) return { type, wrongPassword: true, entries: [] }
  return { type, entries: opened.entries.map((entry) => ({ ...entry, ...(entry.certificate ? facts(entry.certificate) : { san: [] }) })) }
}

function facts(der: Buffer): Pick<Entry, 'sha256' | 'owner' | 'san' | 'notAfter'> {
  const certificate = new X509Certificate(der)
  return {
    sha256: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    owner: ownerOf(certificate.subject),
    san: alternativeNames(certificate.subjectAltName ?? ''),
    notAfter: new Date(certificate.validTo).toISOString(),
  }
}
