import { Buffer } from 'node:buffer'
import { createHash, randomBytes } from 'node:crypto'
import { shaCrypt } from '../crypt.ts'
import { plugin, type Plugin } from '../../runtime/plugins.ts'
import { asText } from './convert.ts'

const digest = (algorithm: string) => plugin('', (value) => createHash(algorithm).update(asText(value)).digest('hex'))
const ansibleNamespace = '361E6D51-FAEC-444A-9079-341386DA8E2E'

/** Filters that digest text. */
export const hashFilters: Record<string, Plugin> = {
  md5: digest('md5'),
  sha1: digest('sha1'),
  checksum: digest('sha1'),
  hash: plugin('hashtype', (value, [type]) => {
    try {
      return createHash(asText(type ?? 'sha1')).update(asText(value)).digest('hex')
    } catch {
      throw new Error(`unknown hash '${asText(type)}'`)
    }
  }),
  to_uuid: plugin('namespace', (value, [namespace]) => uuid5(asText(namespace ?? ansibleNamespace), asText(value))),
  password_hash: plugin('hashtype salt salt_size rounds ident', (value, [type, salt, saltSize, rounds]) => {
    const kind = ({ sha512: 'sha512', sha512_crypt: 'sha512', sha256: 'sha256', sha256_crypt: 'sha256' } as const)[asText(type ?? 'sha512')]
    if (!kind) throw new Error(`unknown hash '${asText(type)}', expected sha512 or sha256`)
    return shaCrypt(kind, asText(value), salt ? asText(salt) : randomSalt(saltSize ?? 16), rounds === undefined || rounds === null ? undefined : Number(rounds))
  }),
}

function uuid5(namespace: string, name: string): string {
  const hex = namespace.replaceAll('-', '')
  if (!/^[\da-fA-F]{32}$/.test(hex)) throw new Error(`'${namespace}' is no UUID`)
  const bytes = createHash('sha1').update(Buffer.from(hex, 'hex')).update(name).digest().subarray(0, 16)
  bytes[6] = (bytes[6]! & 0x0f) | 0x50
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

function randomSalt(size: number): string {
  const alphabet = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
  return [...randomBytes(size)].map((byte) => alphabet[byte & 63]).join('')
}
