/** Looks into a keystore: here, from its bytes, or with keytool where they are of a kind that only keytool reads. */
import { type Facts, type Probe, probe, Unknown } from '../../../src/module/index.ts'
import { type Entry, parseList, parseType } from './keytool-output.ts'
import { isWrongPassword, keyPasswordProbe, listProbe, pemProbe, storeError, type Store } from './keytool.ts'
import { type Contents, readStore } from './store/read.ts'

/** `type`: of the file, where that is known. */
export type View =
  | { is: 'not asked' | 'unknown' | 'absent' | 'wrong password' }
  | { is: 'failed'; why: string }
  | { is: 'open'; type?: string; entries: Entry[] }

export const fileProbe = (path: string): Probe<'file'> => probe.file({ path, follow: true, content: true, checksum: true })

/** The questions that `look` wants to be asked. */
export function lookProbes(tool: string, store: Store, facts: Facts): Probe[] {
  const file = fileProbe(store.path)
  return needsKeytool(store, facts) ? [file, listProbe(tool, store)] : [file]
}

export function look(tool: string, store: Store, facts: Facts): View {
  const question = fileProbe(store.path)
  if (!facts.has(question)) return { is: 'not asked' }
  const file = facts.get(question)
  if (file instanceof Unknown) return { is: 'unknown' }
  if (!file.exists) return { is: 'absent' }
  const contents = contentsOf(store, facts)
  if (contents) return contents.wrongPassword ? { is: 'wrong password' } : { is: 'open', ...contents }
  return listed(tool, store, facts)
}

function listed(tool: string, store: Store, facts: Facts): View {
  const list = listProbe(tool, store)
  if (!facts.has(list)) return { is: 'not asked' }
  const fact = facts.get(list)
  if (fact instanceof Unknown) return { is: 'unknown' }
  if (isWrongPassword(fact)) return { is: 'wrong password' }
  const why = storeError(fact, store, tool)
  if (why) return { is: 'failed', why }
  return { is: 'open', type: parseType(fact.stdout), entries: parseList(fact.stdout) }
}

/** What `look` could not tell, because an earlier task will change what keytool was asked about. */
export function needList(tool: string, store: Store, facts: Facts): void {
  const list = listProbe(tool, store)
  if (facts.has(list)) facts.need(list)
}

/** Can the key be read with this password? Undefined: that is not known, or not yet. */
export function keyOpens(tool: string, store: Store, alias: string, password: string, facts: Facts): boolean | undefined {
  const contents = contentsOf(store, facts)
  if (contents) return find(contents.entries, alias)?.opensWith?.(password) ?? password === store.password
  const question = keyPasswordProbe(tool, store, alias, password)
  if (!facts.has(question)) return undefined
  const fact = facts.get(question)
  return fact instanceof Unknown ? undefined : fact.rc === 0
}

/** The same while planning: what only a planned change will tell is said to be unknown. */
export function needKeyOpens(tool: string, store: Store, alias: string, password: string, facts: Facts): boolean {
  const question = keyPasswordProbe(tool, store, alias, password)
  return keyOpens(tool, store, alias, password, facts) ?? (facts.has(question) && facts.need(question).rc === 0)
}

export function keyOpensProbes(tool: string, store: Store, alias: string, password: string, facts: Facts): Probe[] {
  return needsKeytool(store, facts) ? [keyPasswordProbe(tool, store, alias, password)] : []
}

/** The certificate of an alias as keytool exports it. Undefined: not known. */
export function pemOf(tool: string, store: Store, alias: string, facts: Facts): string | undefined | { failed: true } {
  const contents = contentsOf(store, facts)
  if (contents) {
    const certificate = find(contents.entries, alias)?.certificate
    return certificate ? pem(certificate) : { failed: true }
  }
  const question = pemProbe(tool, store, alias)
  if (!facts.has(question)) return undefined
  const fact = facts.get(question)
  if (fact instanceof Unknown) return undefined
  return fact.rc === 0 ? fact.stdout : { failed: true }
}

export function pemProbes(tool: string, store: Store, alias: string, facts: Facts): Probe[] {
  return needsKeytool(store, facts) ? [pemProbe(tool, store, alias)] : []
}

export function find<E extends Entry>(entries: E[], alias: string): E | undefined {
  return entries.find((entry) => entry.alias.toLowerCase() === alias.toLowerCase())
}

/** A file that was seen, and says nothing to us. */
function needsKeytool(store: Store, facts: Facts): boolean {
  const question = fileProbe(store.path)
  if (!facts.has(question)) return false
  const file = facts.get(question)
  return !(file instanceof Unknown) && file.exists && contentsOf(store, facts) === undefined
}

function contentsOf(store: Store, facts: Facts): Contents {
  const question = fileProbe(store.path)
  if (!facts.has(question)) return undefined
  const file = facts.get(question)
  return file instanceof Unknown || !file.content ? undefined : readStore(file.content, store.password)
}

/** To the byte what `keytool -exportcert -rfc` writes, so that it is the same whoever wrote it: MIME's line ends inside. */
function pem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', lines.join('\r\n'), '-----END CERTIFICATE-----', ''].join('\n')
}
