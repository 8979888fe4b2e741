/** A PKCS12 store as Java reads it (RFC 7292; what is an entry is OpenJDK's sun.security.pkcs12.PKCS12KeyStore). */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { children, contentOf, integerOf, nodeIn, type Node, oidOf, OCTETS, SEQUENCE } from './der.ts'
import { decrypt, hashOf, macKey, Unsupported } from './password-based.ts'
import type { Opened, StoredEntry } from './entry.ts'

const DATA = '1.2.840.113549.1.7.1'
const ENCRYPTED_DATA = '1.2.840.113549.1.7.6'
const BAG = { key: '1.2.840.113549.1.12.10.1.1', protectedKey: '1.2.840.113549.1.12.10.1.2', certificate: '1.2.840.113549.1.12.10.1.3', secret: '1.2.840.113549.1.12.10.1.5' }
const FRIENDLY_NAME = '1.2.840.113549.1.9.20'
const LOCAL_KEY_ID = '1.2.840.113549.1.9.21'
/** Java's own mark of a certificate that is trusted; one without is only part of a chain. */
const TRUSTED_KEY_USAGE = '2.16.840.1.113894.746875.1.1'

interface Bag {
  kind: string
  alias?: string
  keyId?: string
  trusted: boolean
  certificate?: Buffer
}

export const isPkcs12 = (bytes: Buffer): boolean => bytes[0] === SEQUENCE

export function openPkcs12(bytes: Buffer, password: string): Opened {
  const [, authSafe, mac] = children(nodeIn(bytes))
  const safes = contentOf(dataOf(authSafe!))
  // Java 18 and later can leave it away, with the encryption.
  if (!mac) throw new Unsupported('no MAC')
  if (!macFits(mac, password, safes)) return { wrongPassword: true }
  return { entries: entriesOf(children(nodeIn(safes)).flatMap((safe) => bagsOf(safe, password))) }
}

function macFits(mac: Node, password: string, safes: Buffer): boolean {
  const [digestInfo, salt, count] = children(mac)
  const [algorithm, digest] = children(digestInfo)
  const hash = hashOf(algorithm)
  const key = macKey(hash, password, contentOf(salt), count ? integerOf(count) : 1)
  const own = createHmac(hash, key).update(safes).digest()
  const stored = contentOf(digest)
  return own.length === stored.length && timingSafeEqual(own, stored)
}

/** ContentInfo { data, [0] OCTET STRING }. */
function dataOf(info: Node): Node | undefined {
  const [type, explicit] = children(info)
  if (oidOf(type) !== DATA) throw new Unsupported('a store that is signed')
  return children(explicit)[0]
}

function bagsOf(safe: Node, password: string): Bag[] {
  const [type, explicit] = children(safe)
  if (oidOf(type) === DATA) return children(nodeIn(contentOf(children(explicit)[0]))).map(bagOf)
  if (oidOf(type) !== ENCRYPTED_DATA) throw new Unsupported('a part that is not encrypted by password')
  const [, content] = children(children(explicit)[0])
  const [, algorithm, data] = children(content)
  const hidden = data!.tag === 0x80 ? data!.content : Buffer.concat(children(data).map((part) => part.content))
  return children(nodeIn(decrypt(algorithm, password, hidden))).map(bagOf)
}

function bagOf(bag: Node): Bag {
  const [type, value, attributes] = children(bag)
  const kind = oidOf(type)
  const found = new Map((attributes ? children(attributes) : []).map((one) => attributeOf(one)))
  return {
    kind,
    alias: textOf(found.get(FRIENDLY_NAME)),
    keyId: found.get(LOCAL_KEY_ID)?.content.toString('hex'),
    trusted: found.has(TRUSTED_KEY_USAGE),
    ...(kind === BAG.certificate && { certificate: certificateOf(value) }),
  }
}

function attributeOf(attribute: Node): [string, Node | undefined] {
  const [name, values] = children(attribute)
  return [oidOf(name), children(values)[0]]
}

/** BMPString. */
const textOf = (node: Node | undefined): string | undefined => node && Buffer.from(node.content).swap16().toString('utf16le')

function certificateOf(value: Node | undefined): Buffer {
  const [, explicit] = children(children(value)[0])
  const octets = children(explicit)[0]
  if (octets?.tag !== OCTETS) throw new Unsupported('a certificate that is not X.509')
  return octets.content
}

function entriesOf(bags: Bag[]): StoredEntry[] {
  const certificates = bags.filter((bag) => bag.kind === BAG.certificate)
  return bags.flatMap((bag): StoredEntry[] => {
    if (bag.kind === BAG.certificate && !bag.trusted) return []
    // Java numbers entries without a name.
    if (bag.alias === undefined) throw new Unsupported('an entry without a name')
    if (bag.kind === BAG.certificate) return [{ alias: bag.alias, kind: 'trusted', certificate: bag.certificate }]
    if (bag.kind === BAG.secret) return [{ alias: bag.alias, kind: 'other' }]
    const own = certificates.find((one) => one.keyId !== undefined && one.keyId === bag.keyId)
    if (!own || ![BAG.key, BAG.protectedKey].includes(bag.kind)) throw new Unsupported('a key without its certificate')
    return [{ alias: bag.alias, kind: 'key', certificate: own.certificate }]
  })
}
