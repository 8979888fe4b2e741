/** What there is to know about a keystore before anything can be planned. */
import { type Facts, type Probe, probe, Unknown } from '../../../src/module/index.ts'
import type { KeystoreArgs, KeystoreInput, Trusted } from './arguments.ts'
import { utf8 } from '../../lib/content.ts'
import { certificatesIn, readCertificate } from '../certificate/read.ts'
import type { Entry } from './keytool-output.ts'
import { keytoolOf, type Store, wrongPassword } from './keytool.ts'
import { fileProbe, find, keyOpens, keyOpensProbes, look, lookProbes, pemProbes } from './look.ts'

/** The file that is worked on; it then replaces the store. */
export const candidateOf = (args: KeystoreArgs): string => `${args.path}.aarun-new`

export const candidateProbe = (args: KeystoreArgs): Probe<'file'> => probe.file({ path: candidateOf(args) })
/** Asked whether or not there is something to do, as it costs no round trip of its own. */
export const keytoolProbe = (args: KeystoreInput): Probe<'program'> => probe.program({ name: keytoolOf(args) })

/** The arguments with the type of the file; undefined: it has not been looked at yet. */
export function withType(args: KeystoreInput, facts: Facts): KeystoreArgs | undefined {
  const typed = (type: KeystoreArgs['type']) => ({ ...args, type: args.type ?? type })
  if (args.state === 'absent') return typed('JKS')
  if (!facts.has(fileProbe(args.path))) return undefined
  return typed(isPkcs12(args.path, facts) ? 'PKCS12' : 'JKS')
}

/**
 * The first bytes say what a store is, not its name: client-truststore.jks of 4.4 and 4.5 is PKCS12. Nor does keytool: Java 8
 * opens either and calls it JKS. A DER sequence; JKS begins with fe ed fe ed.
 */
function isPkcs12(path: string, facts: Facts): boolean {
  const file = facts.has(fileProbe(path)) ? facts.get(fileProbe(path)) : undefined
  return file !== undefined && !(file instanceof Unknown) && file.content?.[0] === 0x30
}

export function observeKeystore(input: KeystoreInput, facts: Facts): Probe[] {
  const probes: Probe[] = [fileProbe(input.path)]
  if (input.state === 'absent') return probes
  probes.push(keytoolProbe(input), ...sources(input, facts))
  const args = withType(input, facts)
  if (!args) return probes
  probes.push(candidateProbe(args), ...args.export.map(({ path }) => fileProbe(path)))
  const tool = keytoolOf(args)
  const store = openedWith(args, facts)
  probes.push(...lookProbes(tool, storeOf(args), facts), ...lookProbes(tool, store, facts))
  const entries = entriesOf(args, facts)
  if (!Array.isArray(entries)) return probes
  probes.push(...keyPasswordProbes(args, store, entries, facts))
  for (const { alias } of args.export) if (find(entries, alias)) probes.push(...pemProbes(tool, store, alias, facts))
  return probes
}

export function storeOf(args: KeystoreArgs): Store & { type: 'JKS' | 'PKCS12' } {
  return { path: args.path, password: args.password, type: args.type }
}

/** The store with the password that opens it. */
export function openedWith(args: KeystoreArgs, facts: Facts): Store & { type: 'JKS' | 'PKCS12' } {
  const store = storeOf(args)
  if (args.old_password === undefined) return store
  return look(keytoolOf(args), store, facts).is === 'wrong password' ? { ...store, password: args.old_password } : store
}

/** The entries; undefined: no store yet, or not known; a text: why it can't be read. */
export function entriesOf(args: KeystoreArgs, facts: Facts): Entry[] | undefined | string {
  const view = look(keytoolOf(args), openedWith(args, facts), facts)
  if (view.is === 'wrong password') return wrongPassword(args.path)
  if (view.is === 'failed') return view.why
  if (view.is !== 'open') return undefined
  const type = isPkcs12(args.path, facts) ? 'PKCS12' : view.type
  if (type !== undefined && type !== args.type)
    return `${args.path} is a ${type} keystore, not ${args.type}: set type: ${type}, or remove the file to have a new one`
  return view.entries
}

/** Passwords that the key may have, the wanted one first. */
export function keyPasswords(args: KeystoreArgs): string[] {
  const wanted = args.key_pair?.key_password ?? args.password
  return [...new Set([wanted, args.old_password, args.password])].filter((one): one is string => one !== undefined)
}

/** Asks one after the other until one fits. PKCS12 keys have the password of their store. */
function keyPasswordProbes(args: KeystoreArgs, store: Store, entries: Entry[], facts: Facts): Probe[] {
  const pair = args.key_pair
  if (!pair || args.type === 'PKCS12' || find(entries, pair.alias)?.kind !== 'key') return []
  const tool = keytoolOf(args)
  const probes: Probe[] = []
  for (const password of keyPasswords(args)) {
    probes.push(...keyOpensProbes(tool, store, pair.alias, password, facts))
    if (keyOpens(tool, store, pair.alias, password, facts) !== false) break
  }
  return probes
}

/** The certificates that shall be in it, where they come from. */
function sources(args: KeystoreInput, facts: Facts): Probe[] {
  const tool = keytoolOf(args)
  const pair = args.key_pair
  return [
    ...args.trusted.flatMap((entry) => trustedProbes(tool, entry, facts)),
    ...(pair?.certificate === undefined ? [] : [fileProbe(pair.certificate)]),
    ...(pair?.import_keystore ? lookProbes(tool, pair.import_keystore, facts) : []),
  ]
}

function trustedProbes(tool: string, entry: Trusted, facts: Facts): Probe[] {
  return entry.from_keystore ? lookProbes(tool, entry.from_keystore, facts) : [fileProbe(entry.certificate!)]
}

export interface Print {
  sha256?: string
  failed?: string
  unknown?: boolean
}

/** Fingerprint of the first certificate in a file, PEM or DER, which is the one that keytool imports. */
export function certificatePrint(path: string, facts: Facts): Print {
  const fact = facts.get(fileProbe(path))
  if (fact instanceof Unknown) return { unknown: true }
  if (!fact.exists) return { failed: `${path} could not be read as a certificate (there is no such file)` }
  if (!fact.content) return { failed: `${path} could not be read as a certificate (it is not a file that can be read)` }
  const pem = certificatesIn(utf8(fact.content))[0]
  const certificate = readCertificate(pem ?? fact.content)
  return typeof certificate === 'string' ? { failed: `${path} could not be read as a certificate` } : { sha256: certificate.sha256 }
}

/** Fingerprint of an alias of another keystore. */
export function aliasPrint(tool: string, source: Store & { alias: string }, facts: Facts): Print {
  const view = look(tool, source, facts)
  if (view.is === 'absent') return { failed: `there is no keystore ${source.path} on the host` }
  if (view.is === 'wrong password') return { failed: wrongPassword(source.path) }
  if (view.is === 'failed') return { failed: view.why }
  if (view.is !== 'open') return { unknown: true }
  const entry = find(view.entries, source.alias)
  return entry?.sha256 ? { sha256: entry.sha256 } : { failed: `${source.path} has no alias ${source.alias}` }
}
