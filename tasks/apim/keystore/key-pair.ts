/** The key pair of a keystore: generated once, imported, or refused. */
import type { Action, Facts } from '../../../src/module/index.ts'
import type { KeyPair, KeystoreArgs } from './arguments.ts'
import { normalName, normalSan, type Entry } from './keytool-output.ts'
import { aliasPrint, candidateOf, certificatePrint, keyPasswords, openedWith, type Print } from './observe.ts'
import { edit, fail, type Step } from './step.ts'
import { bundle, keytoolOf } from './keytool.ts'
import { find, needKeyOpens } from './look.ts'

export function keyPairSteps(args: KeystoreArgs, entries: Entry[], facts: Facts): Step[] {
  const pair = args.key_pair
  if (!pair) return []
  const entry = find(entries, pair.alias)
  if (entry && entry.kind !== 'key')
    fail(
      `alias ${pair.alias} in ${args.path} is a trusted certificate, not a key: choose another, or put it into absent_aliases once`,
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
  if (print && !print.unknown && !pair.replace)
    fail(
      `key pair ${pair.alias} in ${args.path} is another than ${pair.certificate ?? pair.import_keystore?.path}. Tokens, API keys and stored data ` +
        'of the one that is there would be unusable: give that one (or, to lose them, key_pair.replace: true)',
    )
  const actions = [edit(args).remove(pair.alias), ...pairActions(args, pair)]
  return [{ summary: `replace key pair ${pair.alias} in ${args.path}`, actions, alias: pair.alias }]
}

/** The certificate that is to be imported; undefined when the pair is generated. */
function sourcePrint(args: KeystoreArgs, pair: KeyPair, facts: Facts): Print | undefined {
  if (pair.certificate !== undefined) return certificatePrint(pair.certificate, facts)
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
    `key pair ${pair.alias} in ${args.path} has ${differences.join(' and ')}. A new one makes tokens and data of the old key ` +
      'unusable: set key_pair.renew: true to make it all the same, or correct san and dname',
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
  const fits = (password: string) => needKeyOpens(keytoolOf(args), openedWith(args, facts), pair.alias, password, facts)
  if (fits(wanted!)) return []
  const old =
    others.find(fits) ??
    fail(
      `the key password of alias ${pair.alias} in ${args.path} is not right: give the one it has as old_password ` +
        '(it is then changed), or correct key_pair.key_password',
    )
  return [
    {
      summary: `change the key password of ${pair.alias} in ${args.path}`,
      actions: [edit(args).changeKeyPassword(pair.alias, old, wanted!)],
    },
  ]
}
