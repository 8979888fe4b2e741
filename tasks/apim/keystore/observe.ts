/** What there is to know about a keystore before anything can be planned. */
import { type Facts, type Probe, probe, Unknown } from '../../../src/module/index.ts'
import type { KeystoreArgs, KeystoreInput, Trusted } from './arguments.ts'
import { utf8 } from '../../lib/content.ts'
import { certificatesIn, readCertificate } from '../certificate/read.ts'
import { parseList, parseType, type Entry } from './keytool-output.ts'
import {
  isWrongPassword,
  keyPasswordProbe,
  keytoolOf,
  listProbe,
  pemProbe,
  storeError,
  type Store,
} from './keytool.ts'

/** The file that is worked on; it then replaces the store. */
export const candidateOf = (args: KeystoreArgs): string => `${args.path}.aarun-new`

export const storeProbe = (args: KeystoreInput): Probe<'file'> => probe.file({ path: args.path, follow: true, checksum: true })
export const candidateProbe = (args: KeystoreArgs): Probe<'file'> => probe.file({ path: candidateOf(args) })
export const exportProbe = (path: string): Probe<'file'> => probe.file({ path, follow: true, content: true, checksum: true })

/**
 * The first bytes say what a store is, not its name: client-truststore.jks of 4.4 and 4.5 is PKCS12. Nor does keytool: Java 8
 * opens either and calls it JKS. Asked along with the file, so that it costs no round trip of its own.
 */
const magicProbe = (args: KeystoreInput): Probe<'command'> =>
  probe.command({ argv: ['od', '-An', '-tx1', '-N4', args.path], reads: [args.path] })

/** The arguments with the type of the file; undefined: it has not been looked at yet. */
export function withType(args: KeystoreInput, facts: Facts): KeystoreArgs | undefined {
  const typed = (type: KeystoreArgs['type']) => ({ ...args, type: args.type ?? type })
  if (args.state === 'absent') return typed('JKS')
  if (!facts.has(storeProbe(args))) return undefined
  if (!exists(facts, args)) return typed('JKS')
  if (!facts.has(magicProbe(args))) return undefined
  return typed(isPkcs12(args, facts) ? 'PKCS12' : 'JKS')
}

/** A DER sequence; JKS begins with fe ed fe ed. */
function isPkcs12(args: KeystoreInput, facts: Facts): boolean {
  const magic = facts.has(magicProbe(args)) ? facts.get(magicProbe(args)) : undefined
  return magic !== undefined && !(magic instanceof Unknown) && /^\s*30 /.test(magic.stdout)
}

export function observeKeystore(input: KeystoreInput, facts: Facts): Probe[] {
  const probes: Probe[] = [storeProbe(input)]
  if (input.state === 'absent') return probes
  probes.push(magicProbe(input))
  const args = withType(input, facts)
  if (!args) return [...probes, ...sources(input)]
  probes.push(candidateProbe(args), ...args.export.map(({ path }) => exportProbe(path)))
  for (const source of sources(args)) probes.push(source)
  if (!exists(facts, args)) return probes
  probes.push(listProbe(keytoolOf(args), storeOf(args)))
  const store = openedWith(args, facts)
  if (store.password !== args.password) probes.push(listProbe(keytoolOf(args), store))
  const entries = entriesOf(args, facts)
  if (!Array.isArray(entries)) return probes
  probes.push(...keyPasswordProbes(args, store, entries, facts))
  for (const { alias } of args.export) if (find(entries, alias)) probes.push(pemProbe(keytoolOf(args), store, alias))
  return probes
}

export function storeOf(args: KeystoreArgs): Store & { type: 'JKS' | 'PKCS12' } {
  return { path: args.path, password: args.password, type: args.type }
}

function exists(facts: Facts, args: KeystoreInput): boolean {
  const question = storeProbe(args)
  if (!facts.has(question)) return false
  const fact = facts.get(question)
  return !(fact instanceof Unknown) && fact.exists
}

/** The store with the password that opens it. */
export function openedWith(args: KeystoreArgs, facts: Facts): Store & { type: 'JKS' | 'PKCS12' } {
  const store = storeOf(args)
  const question = listProbe(keytoolOf(args), store)
  if (args.old_password === undefined || !facts.has(question)) return store
  const fact = facts.get(question)
  return !(fact instanceof Unknown) && isWrongPassword(fact) ? { ...store, password: args.old_password } : store
}

/** The entries; undefined: no store yet, or not known; a text: why it can't be read. */
export function entriesOf(args: KeystoreArgs, facts: Facts): Entry[] | undefined | string {
  if (!exists(facts, args)) return undefined
  const store = openedWith(args, facts)
  const question = listProbe(keytoolOf(args), store)
  if (!facts.has(question)) return undefined
  const fact = facts.get(question)
  if (fact instanceof Unknown) return undefined
  const error = storeError(fact, { ...store, password: args.password }, keytoolOf(args))
  if (error) return error
  const type = isPkcs12(args, facts) ? 'PKCS12' : parseType(fact.stdout)
  if (type !== undefined && type !== args.type)
    return `${args.path} is a ${type} keystore, not ${args.type}: set type: ${type}, or remove the file to have a new one`
  return parseList(fact.stdout)
}

export function find(entries: Entry[], alias: string): Entry | undefined {
  return entries.find((entry) => entry.alias.toLowerCase() === alias.toLowerCase())
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
  const probes: Probe[] = []
  for (const password of keyPasswords(args)) {
    const question = keyPasswordProbe(keytoolOf(args), store, pair.alias, password)
    probes.push(question)
    if (!facts.has(question)) break
    const fact = facts.get(question)
    if (fact instanceof Unknown || fact.rc === 0) break
  }
  return probes
}

/** The certificates that shall be in it, where they come from. */
function sources(args: KeystoreInput): Probe[] {
  const tool = keytoolOf(args)
  const pair = args.key_pair
  return [
    ...args.trusted.map((entry) => trustedProbe(tool, entry)),
    ...(pair?.certificate === undefined ? [] : [certificateFile(pair.certificate)]),
    ...(pair?.import_keystore ? [listProbe(tool, pair.import_keystore)] : []),
  ]
}

function trustedProbe(tool: string, entry: Trusted): Probe {
  return entry.from_keystore ? listProbe(tool, entry.from_keystore) : certificateFile(entry.certificate!)
}

/** Read here: keytool would need the start of a Java machine for each. */
const certificateFile = (path: string): Probe<'file'> => probe.file({ path, follow: true, content: true, checksum: true })

export interface Print {
  sha256?: string
  failed?: string
  unknown?: boolean
}

/** Fingerprint of the first certificate in a file, PEM or DER, which is the one that keytool imports. */
export function certificatePrint(path: string, facts: Facts): Print {
  const fact = facts.get(certificateFile(path))
  if (fact instanceof Unknown) return { unknown: true }
  if (!fact.exists) return { failed: `${path} could not be read as a certificate (there is no such file)` }
  if (!fact.content) return { failed: `${path} could not be read as a certificate (it is not a file that can be read)` }
  const pem = certificatesIn(utf8(fact.content))[0]
  const certificate = readCertificate(pem ?? fact.content)
  return typeof certificate === 'string' ? { failed: `${path} could not be read as a certificate` } : { sha256: certificate.sha256 }
}

/** Fingerprint of an alias of another keystore. */
export function aliasPrint(tool: string, source: Store & { alias: string }, facts: Facts): Print {
  const fact = facts.get(listProbe(tool, source))
  if (fact instanceof Unknown) return { unknown: true }
  const failed = storeError(fact, source, tool)
  if (failed)
    return { failed: /No such file|does not exist/i.test(failed) ? `there is no keystore ${source.path} on the host` : failed }
  const entry = find(parseList(fact.stdout), source.alias)
  return entry?.sha256 ? { sha256: entry.sha256 } : { failed: `${source.path} has no alias ${source.alias}` }
}
