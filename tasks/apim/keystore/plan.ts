/** Pure part of `keystore`: which entries differ, and the actions on a copy that then replaces the store. */
import { type Action, type Change, type Facts, type Plan, Unknown } from '../../../src/module/index.ts'
import { attributesFor, planAttributes } from '../../lib/attributes.ts'
import { utf8 } from '../../lib/content.ts'
import { planWrite } from '../../lib/write.ts'
import type { KeystoreArgs, KeystoreInput, Trusted } from './arguments.ts'
import type { Entry } from './keytool-output.ts'
import { keyPairSteps } from './key-pair.ts'
import { edit, fail, Failure, type Step } from './step.ts'
import {
  aliasPrint,
  candidateOf,
  candidateProbe,
  certificatePrint,
  entriesOf,
  keytoolProbe,
  openedWith,
  storeOf,
  withType,
} from './observe.ts'
import { exportTo, keytoolOf, noKeytool } from './keytool.ts'
import { fileProbe, find, needList, pemOf } from './look.ts'

export function planKeystore(input: KeystoreInput, facts: Facts): Plan {
  try {
    // Observed above: a store that is there has been looked at.
    const args = withType(input, facts) ?? { ...input, type: 'JKS' }
    return args.state === 'absent' ? planAbsent(args, facts) : planPresent(args, facts)
  } catch (error) {
    if (error instanceof Failure) return { changes: [], failed: error.message }
    throw error
  }
}

function planAbsent(args: KeystoreArgs, facts: Facts): Plan {
  const fact = facts.get(fileProbe(args.path))
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
  const file = facts.get(fileProbe(args.path))
  const entries = entriesOf(args, facts)
  if (typeof entries === 'string') fail(entries)
  const there = !(file instanceof Unknown) && file.exists
  // The store is there, but an earlier task will change it: what it will hold then is not known.
  if (there && entries === undefined) needList(keytoolOf(args), openedWith(args, facts), facts)
  const list = (entries ?? []) as Entry[]
  const keyPassword = args.key_pair?.key_password
  if (args.type === 'PKCS12' && keyPassword !== undefined && keyPassword !== args.password)
    fail(`${args.path} is a PKCS12 keystore, in which the key has the password of the store: leave key_password out`)
  const steps = [
    ...passwordSteps(args, facts),
    ...absentSteps(args, list),
    ...keyPairSteps(args, list, facts),
    ...trustedSteps(args, list, facts),
  ]
  if (!there && !(file instanceof Unknown) && steps.length === 0)
    fail(`there is no keystore ${args.path}, and the task puts nothing into it`)
  if (steps.length > 0) needKeytool(args, facts)
  const changes =
    steps.length > 0
      ? replaceStore(args, facts, steps)
      : !(file instanceof Unknown)
        ? planAttributes(args.path, file, args, { follow: true })
        : []
  return { changes: [...changes, ...exportChanges(args, list, steps, facts)], result: resultOf(args, list) }
}

/** An earlier task of this run may bring it. */
function needKeytool(args: KeystoreArgs, facts: Facts): void {
  const program = facts.get(keytoolProbe(args))
  if (!(program instanceof Unknown) && program.path === undefined) fail(noKeytool(keytoolOf(args)))
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

function trustedSteps(args: KeystoreArgs, entries: Entry[], facts: Facts): Step[] {
  return args.trusted.flatMap((wanted) => {
    const tool = keytoolOf(args)
    const print = wanted.from_keystore
      ? aliasPrint(tool, wanted.from_keystore, facts)
      : certificatePrint(wanted.certificate!, facts)
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
  const file = facts.get(fileProbe(args.path))
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
    const file = facts.get(fileProbe(path))
    const anew: Action[] = [
      exportTo(tool, storeOf(args), alias, candidate),
      { kind: 'attributes', paths: [candidate], ...attributesFor({ mode }, { exists: false }) },
      { kind: 'rename', from: candidate, to: path },
    ]
    const pem = renewed ? undefined : pemOf(tool, openedWith(args, facts), alias, facts)
    if (pem === undefined || file instanceof Unknown) {
      return [
        {
          summary: `export certificate ${alias} to ${path}`,
          after: { label: path, text: `certificate of ${alias}\n` },
          actions: anew,
        },
      ]
    }
    if (typeof pem !== 'string') fail(`certificate ${alias} of ${args.path} could not be exported`)
    const content = new Uint8Array(Buffer.from(pem, 'utf8'))
    const text = file.content && utf8(file.content).trim() === pem.trim() ? file.content : content
    return planWrite({ path, fact: file, mode, follow: true }, text, file.content)
  })
}
