/** Pure part of `keystore`: which entries differ, and the actions on a copy that then replaces the store. */
import { type Action, type Change, type Facts, type Plan, Unknown } from '../../src/module/index.ts'
import { attributesFor, planAttributes } from './attributes.ts'
import { utf8 } from './content.ts'
import { planWrite } from './write.ts'
import type { KeyPair, KeystoreArgs, Trusted } from './keystore-args.ts'
import { normalName, normalSan, type Entry } from './keystore-output.ts'
import {
  aliasPrint,
  candidateOf,
  candidateProbe,
  certificatePrint,
  entriesOf,
  exportProbe,
  find,
  keyPasswords,
  openedWith,
  storeOf,
  storeProbe,
  type Print,
} from './keystore-observe.ts'
import { bundle, editor, exportTo, keyPasswordProbe, keytoolOf, listProbe, pemProbe } from './keystore-tool.ts'

/** One thing to do to the copy. `alias`: whose certificate it changes. */
interface Step {
  summary: string
  actions: Action[]
  alias?: string
}

class Failure extends Error {}
const fail = (message: string): never => {
  throw new Failure(message)
}

export function planKeystore(args: KeystoreArgs, facts: Facts): Plan {
  try {
    return args.state === 'absent' ? planAbsent(args, facts) : planPresent(args, facts)
  } catch (error) {
    if (error instanceof Failure) return { changes: [], failed: error.message }
    throw error
  }
}

function planAbsent(args: KeystoreArgs, facts: Facts): Plan {
  const fact = facts.get(storeProbe(args))
  const there = fact instanceof Unknown || fact.exists
  const before = { label: args.path, text: 'a keystore\n' }
  const remove: Change = {
    summary: `remove keystore ${args.path}`,
    before,
    after: { text: '' },
    actions: [{ kind: 'remove', path: args.path }],
  }
  return { changes: there ? [remove] : [], result: { path: args.path, exists: false } }
}

function planPresent(args: KeystoreArgs, facts: Facts): Plan {
  const file = facts.get(storeProbe(args))
  const entries = entriesOf(args, facts)
  if (typeof entries === 'string') fail(entries)
  const there = !(file instanceof Unknown) && file.exists
  // The store is there, but an earlier task will change it: what it will hold then is not known.
  if (there && entries === undefined) facts.need(listProbe(keytoolOf(args), openedWith(args, facts)))
  const list = (entries ?? []) as Entry[]
  const steps = [
    ...passwordSteps(args, facts),
    ...absentSteps(args, list),
    ...keyPairSteps(args, list, facts),
    ...trustedSteps(args, list, facts),
  ]
  if (!there && !(file instanceof Unknown) && steps.length === 0)
    fail(`there is no keystore ${args.path}, and the task puts nothing into it`)
  const changes =
    steps.length > 0
      ? replaceStore(args, facts, steps)
      : !(file instanceof Unknown)
        ? planAttributes(args.path, file, args, { follow: true })
        : []
  return { changes: [...changes, ...exportChanges(args, list, steps, facts)], result: resultOf(args, list) }
}

function resultOf(args: KeystoreArgs, entries: Entry[]): Record<string, unknown> {
  const aliases = entries.map(({ alias, kind, sha256, owner, san, notAfter }) => ({
    alias,
    type: kind,
    sha256,
    owner,
    san,
    not_after: notAfter,
  }))
  return { path: args.path, type: args.type, exists: entries.length > 0, aliases }
}

const edit = (args: KeystoreArgs) => editor(keytoolOf(args), { ...storeOf(args), path: candidateOf(args) })

function passwordSteps(args: KeystoreArgs, facts: Facts): Step[] {
  const { password } = openedWith(args, facts)
  return password === args.password
    ? []
    : [{ summary: `change the password of ${args.path}`, actions: [edit(args).changePassword(password)] }]
}

function absentSteps(args: KeystoreArgs, entries: Entry[]): Step[] {
  const kept = [args.key_pair?.alias, ...args.trusted.map((entry) => entry.alias)].map((alias) => alias?.toLowerCase())
  return args.absent_aliases.flatMap((alias) => {
    if (kept.includes(alias.toLowerCase())) fail(`alias ${alias} is both wanted and in absent_aliases`)
    return find(entries, alias)
      ? [{ summary: `delete alias ${alias} from ${args.path}`, actions: [edit(args).remove(alias)], alias }]
      : []
  })
}

function keyPairSteps(args: KeystoreArgs, entries: Entry[], facts: Facts): Step[] {
  const pair = args.key_pair
  if (!pair) return []
  const entry = find(entries, pair.alias)
  if (entry && entry.kind !== 'key')
    fail(
      `alias ${pair.alias} in ${args.path} is a trusted certificate, not a key: choose another alias, or put it into absent_aliases once`,
    )
  const print = sourcePrint(args, pair, facts)
  if (print?.failed) fail(print.failed)
  if (!entry)
    return [
      {
        summary: `${print ? 'import' : 'generate'} key pair ${pair.alias} ${print ? 'into' : 'in'} ${args.path}`,
        actions: pairActions(args, pair),
        alias: pair.alias,
      },
    ]
  const wrong = print ? print.unknown || print.sha256 !== entry.sha256 : namesDiffer(args, pair, entry)
  if (!wrong) return keyPasswordSteps(args, pair, facts)
  const actions = [edit(args).remove(pair.alias), ...pairActions(args, pair)]
  return [{ summary: `replace key pair ${pair.alias} in ${args.path}`, actions, alias: pair.alias }]
}

/** The certificate that is to be imported; undefined when the pair is generated. */
function sourcePrint(args: KeystoreArgs, pair: KeyPair, facts: Facts): Print | undefined {
  if (pair.certificate !== undefined) return certificatePrint(keytoolOf(args), pair.certificate, facts)
  return pair.import_keystore && aliasPrint(keytoolOf(args), pair.import_keystore, facts)
}

/** A key is never thrown away just because its names differ. */
function namesDiffer(args: KeystoreArgs, pair: KeyPair, entry: Entry): boolean {
  const same = (a: string[], b: string[]) => JSON.stringify([...new Set(a)].sort()) === JSON.stringify([...new Set(b)].sort())
  const differences: string[] = []
  if (!same(pair.san.map(normalSan), entry.san))
    differences.push(
      `the names ${entry.san.join(', ') || '(none)'} instead of ${pair.san.map(normalSan).join(', ') || '(none)'}`,
    )
  if (!same(normalName(pair.dname ?? ''), normalName(entry.owner ?? '')))
    differences.push(`the owner ${entry.owner} instead of ${pair.dname}`)
  if (differences.length === 0) return false
  if (pair.renew) return true
  return fail(
    `key pair ${pair.alias} in ${args.path} has ${differences.join(' and ')}. A new one makes tokens and data of the old key unusable: set key_pair.renew: true to make it all the same, or correct san and dname`,
  )
}

function pairActions(args: KeystoreArgs, pair: KeyPair): Action[] {
  const keyPassword = pair.key_password ?? args.password
  if (pair.import_keystore) {
    const from = pair.import_keystore
    return [
      edit(args).importKey(
        from,
        { from: from.alias, to: pair.alias },
        { from: from.key_password ?? from.password, to: keyPassword },
      ),
    ]
  }
  if (pair.certificate !== undefined) {
    const file = { path: `${candidateOf(args)}.p12`, password: args.password, type: 'PKCS12' }
    const files = { certificate: pair.certificate, privateKey: pair.private_key!, passphrase: pair.passphrase }
    const passwords = { from: args.password, to: keyPassword }
    return [
      bundle(files, pair.alias, file),
      edit(args).importKey(file, { from: pair.alias, to: pair.alias }, passwords),
      { kind: 'remove', path: file.path },
    ]
  }
  const { alias, dname, san, key_size: keySize, validity } = pair
  return [edit(args).generate({ alias, dname: dname!, san, keySize, validity, keyPassword })]
}

function keyPasswordSteps(args: KeystoreArgs, pair: KeyPair, facts: Facts): Step[] {
  if (args.type === 'PKCS12') return []
  const [wanted, ...others] = keyPasswords(args)
  const fits = (password: string) => {
    const question = keyPasswordProbe(keytoolOf(args), openedWith(args, facts), pair.alias, password)
    if (!facts.has(question)) return false
    return facts.need(question).rc === 0
  }
  if (fits(wanted!)) return []
  const old =
    others.find(fits) ??
    fail(
      `the key password of alias ${pair.alias} in ${args.path} is not right: give the one it has as old_password (it is then changed), or correct key_pair.key_password`,
    )
  return [
    {
      summary: `change the key password of ${pair.alias} in ${args.path}`,
      actions: [edit(args).changeKeyPassword(pair.alias, old, wanted!)],
    },
  ]
}

function trustedSteps(args: KeystoreArgs, entries: Entry[], facts: Facts): Step[] {
  return args.trusted.flatMap((wanted) => {
    const tool = keytoolOf(args)
    const print = wanted.from_keystore
      ? aliasPrint(tool, wanted.from_keystore, facts)
      : certificatePrint(tool, wanted.certificate!, facts)
    if (print.failed) fail(print.failed)
    const entry = find(entries, wanted.alias)
    if (entry && entry.sha256 === print.sha256) return []
    if (entry?.kind === 'key')
      fail(`alias ${wanted.alias} in ${args.path} is a private key: choose another alias for the trusted certificate`)
    const actions = [...(entry ? [edit(args).remove(wanted.alias)] : []), ...trustActions(args, wanted)]
    return [
      { summary: `${entry ? 'replace' : 'import'} certificate ${wanted.alias} in ${args.path}`, actions, alias: wanted.alias },
    ]
  })
}

function trustActions(args: KeystoreArgs, wanted: Trusted): Action[] {
  if (wanted.certificate !== undefined) return [edit(args).trust(wanted.alias, wanted.certificate)]
  const from = wanted.from_keystore!
  const file = `${candidateOf(args)}.pem`
  return [
    exportTo(keytoolOf(args), from, from.alias, file),
    edit(args).trust(wanted.alias, file),
    { kind: 'remove', path: file },
  ]
}

/** All steps on a copy; the store itself is replaced by one rename, so that nobody ever reads half a store. */
function replaceStore(args: KeystoreArgs, facts: Facts, steps: Step[]): Change[] {
  const file = facts.get(storeProbe(args))
  const candidate = candidateOf(args)
  const current = file instanceof Unknown ? { exists: false } : file
  const keep = {
    mode: current.mode ?? 0o600,
    ...(current.owner && { owner: current.owner }),
    ...(current.group && { group: current.group }),
  }
  const attributes = { ...keep, ...attributesFor(args, current) }
  const left = facts.get(candidateProbe(args))
  const start: Action[] = current.exists
    ? [{ kind: 'copy', from: args.path, to: candidate, mode: 0o600 }]
    : left instanceof Unknown || left.exists
      ? [{ kind: 'remove', path: candidate }]
      : []
  const end: Action[] = [
    { kind: 'attributes', paths: [candidate], ...attributes },
    { kind: 'rename', from: candidate, to: args.path },
  ]
  return steps.map(({ summary, actions }, index) => ({
    summary,
    after: { label: args.path, text: `${summary}\n` },
    actions: [...(index === 0 ? start : []), ...actions, ...(index === steps.length - 1 ? end : [])],
  }))
}

function exportChanges(args: KeystoreArgs, entries: Entry[], steps: Step[], facts: Facts): Change[] {
  return args.export.flatMap(({ alias, path, mode }): Change[] => {
    const tool = keytoolOf(args)
    const renewed = steps.some((step) => step.alias?.toLowerCase() === alias.toLowerCase())
    if (!renewed && !find(entries, alias)) fail(`${args.path} has no alias ${alias} to export`)
    const candidate = `${path}.aarun-new`
    const file = facts.get(exportProbe(path))
    const anew: Action[] = [
      exportTo(tool, storeOf(args), alias, candidate),
      { kind: 'attributes', paths: [candidate], ...attributesFor({ mode }, { exists: false }) },
      { kind: 'rename', from: candidate, to: path },
    ]
    const pem = renewed ? undefined : facts.get(pemProbe(tool, openedWith(args, facts), alias))
    if (pem === undefined || pem instanceof Unknown || file instanceof Unknown) {
      return [
        {
          summary: `export certificate ${alias} to ${path}`,
          after: { label: path, text: `certificate of ${alias}\n` },
          actions: anew,
        },
      ]
    }
    if (pem.rc !== 0) fail(`certificate ${alias} of ${args.path} could not be exported`)
    const content = new Uint8Array(Buffer.from(pem.stdout, 'utf8'))
    const text = file.content && utf8(file.content).trim() === pem.stdout.trim() ? file.content : content
    return planWrite({ path, fact: file, mode, follow: true }, text, file.content)
  })
}
