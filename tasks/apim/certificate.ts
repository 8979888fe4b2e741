/** A certificate and its key are fit for use, and it is known what to trust while it replaces another. */
import { arg, defineModule, probe, Unknown, z, type Change, type Facts, type FileFact, type Plan } from '../../src/module/index.ts'
import { planWrite, writeChange } from '../lib/write.ts'
import { utf8 } from '../lib/content.ts'
import { certificatesIn, readCertificate, type Certificate } from './certificate/read.ts'
import { authorityOf } from './certificate/authority.ts'
import { keyFindings, plainKey } from './certificate/key.ts'
import { chainFindings, dateFindings, nameFindings } from './certificate/findings.ts'

const args = z.strictObject({
  path: arg.path.describe('The certificate as PEM, that of the server first, then its chain.'),
  private_key: arg.path.optional().describe('Its key as PEM.'),
  passphrase: arg.text.optional().meta({ description: 'Passphrase of the key.', secret: true }),
  ca: arg.path.optional().describe('Certificate of the authority that signed it (PEM), where the chain does not end with it. Public authorities are known.'),
  names: arg.list.default([]).describe('Host names and addresses that it must be valid for.'),
  warn_days: arg.integer.default(30).describe('Days before its end from which on a warning is given.'),
  bundle: arg.path
    .optional()
    .describe('A file to write: what has to be trusted. The authority of this certificate (itself, when self-signed), and those that were in the file before and have not expired.'),
  plain_key: arg.path.optional().describe('A file to write, mode 0600: the key without its passphrase, for servers that take no encrypted one.'),
})
type Args = z.output<typeof args>

const file = (path: string) => probe.file({ path, follow: true, content: true, checksum: true })

export default defineModule({
  name: 'certificate',
  collection: 'aarun.apim',
  summary: 'Checks a certificate with its key, names and dates, and keeps a bundle of what has to be trusted.',
  description: `All that is wrong is said at once, before anything uses the certificate: a key of another certificate, names that it
lacks, a chain in the wrong order or without its end, an end in the past; and a warning when its end is near. Of public
authorities those are known that come with Node: what they signed needs no \`ca\`.

\`bundle\` is for those who check this certificate. While a new one replaces an old one, some servers still show the old one:
what was trusted before stays in the bundle until it has expired.`,
  examples: `
- name: The certificate is fit for use
  certificate:
    path: /srv/tls/api.pem
    private_key: /srv/tls/api.key
    names: [api.example.com, gw.example.com, localhost]
    bundle: /srv/tls/ca.pem
  register: tls
`,
  args,
  returns: {
    names: 'Names and addresses that it is valid for.',
    not_after: 'Its end, ISO 8601.',
    days_left: 'Days until then.',
    sha256: 'Fingerprint, lower case without colons.',
    key: "Kind of its key: 'RSA 2048', 'EC prime256v1'.",
    self_signed: 'Whether it is its own authority.',
    former: 'Certificates in the bundle that are not of this one, as PEM.',
  },
  observe: (args) => [file(args.path), ...[args.private_key, args.ca, args.bundle, args.plain_key].filter((path) => path !== undefined).map(file)],
  plan: (args, facts) => planCertificate(args, facts),
})

/** Content of a file; undefined: not known yet. */
function text(path: string, facts: Facts): string | undefined | { failed: string } {
  const fact = facts.get(file(path))
  if (fact instanceof Unknown) return undefined
  if (!fact.exists) return { failed: `file not found: ${path}` }
  return fact.content ? utf8(fact.content) : { failed: `${path} is not a file that can be read` }
}

function planCertificate(args: Args, facts: Facts): Plan {
  const pem = text(args.path, facts)
  const key = args.private_key === undefined ? undefined : text(args.private_key, facts)
  const ca = args.ca === undefined ? '' : text(args.ca, facts)
  // An earlier task will make one of them.
  if (pem === undefined || ca === undefined || (args.private_key !== undefined && key === undefined)) return unknown(args, facts)
  const missing = [pem, key, ca].filter((one) => typeof one === 'object').map(({ failed }) => failed)
  if (typeof pem === 'object' || typeof key === 'object' || typeof ca === 'object') return { changes: [], failed: missing.join('; ') }

  const chain = certificatesIn(pem)
  if (chain.length === 0) return { changes: [], failed: `${args.path} holds no certificate as PEM (-----BEGIN CERTIFICATE-----)` }
  const all = chain.map(readCertificate)
  const unreadable = all.find((one) => typeof one === 'string')
  if (unreadable !== undefined) return { changes: [], failed: `${args.path}: ${unreadable}` }
  const certificates = all as Certificate[]
  const leaf = certificates[0]!
  const authorities = certificatesIn(ca)
  const now = new Date()
  const authority = authorityOf(certificates, authorities.map(readCertificate).filter((one) => typeof one !== 'string'))
  const findings = [
    ...(key === undefined ? [] : keyFindings(certificates, key, args.passphrase, { certificate: args.path, key: args.private_key! })),
    ...nameFindings(leaf, args.names),
    ...dateFindings(leaf, now),
    ...chainFindings(certificates, authority),
  ]
  if (findings.length > 0) return { changes: [], failed: `${args.path}: ${findings.join('; ')}` }
  const daysLeft = Math.floor((leaf.notAfter.getTime() - now.getTime()) / 86_400_000)
  const trusted = authorities.length > 0 ? authorities : [certificates.at(-1)!.selfSigned ? chain.at(-1)! : authority!.pem]
  const { changes, former } = planBundle(args, facts, trusted, now)
  return {
    changes: [...changes, ...planPlainKey(args, facts, key)],
    ...(daysLeft < args.warn_days && { warnings: [`the certificate ${args.path} ends in ${daysLeft} days, on ${leaf.notAfter.toISOString().slice(0, 10)}: replace it before`] }),
    result: {
      names: leaf.names,
      not_after: leaf.notAfter.toISOString(),
      days_left: daysLeft,
      sha256: leaf.sha256,
      key: leaf.keyKind,
      self_signed: leaf.selfSigned,
      former,
    },
  }
}

function planBundle(args: Args, facts: Facts, trusted: string[], now: Date): { changes: Change[]; former: string[] } {
  if (args.bundle === undefined) return { changes: [], former: [] }
  const known = present(args.bundle, facts)
  const before = known.content ? utf8(known.content) : ''
  const own = trusted.map((pem) => pem.trim())
  const rest = certificatesIn(before).map((pem) => pem.trim()).filter((pem) => !own.includes(pem))
  const lives = (pem: string) => {
    const one = readCertificate(pem)
    return typeof one !== 'string' && one.notAfter > now
  }
  const held = own.every((pem) => before.includes(pem))
  // What has expired is left where it is until the file is written for another reason.
  const former = held ? rest : rest.filter(lives)
  const content = new Uint8Array(Buffer.from([...own, ...former].map((pem) => `${pem}\n`).join(''), 'utf8'))
  const changes = held ? [] : planWrite({ path: args.bundle, fact: known, mode: '0644' }, content, known.content)
  return { changes, former }
}

function planPlainKey(args: Args, facts: Facts, key: string | undefined): Change[] {
  const plain = key === undefined || args.plain_key === undefined ? undefined : plainKey(key, args.passphrase)
  if (plain === undefined) return []
  const known = present(args.plain_key!, facts)
  return planWrite({ path: args.plain_key!, fact: known, mode: '0600', secret: true }, new Uint8Array(Buffer.from(plain)), known.content)
}

const present = (path: string, facts: Facts): FileFact => {
  const fact = facts.get(file(path))
  return fact instanceof Unknown ? { exists: false } : fact
}

function unknown(args: Args, facts: Facts): Plan {
  const made = (path: string | undefined, mode: string, what: string): Change[] => {
    if (path === undefined) return []
    const known = present(path, facts)
    return [{ ...writeChange({ path, fact: known, mode }, new Uint8Array(), known.content), after: { label: path, text: `(the ${what} that will be made)\n` } }]
  }
  return { changes: [...made(args.bundle, '0644', 'certificate'), ...made(args.plain_key, '0600', 'key')], result: { former: [] } }
}
