/** What the package modules share: names as people write them, and what a plan looks like. */
import type { Change, Effect } from '../../src/module/index.ts'
import { globRegExp } from '../lib/glob-regexp.ts'

export type PackageState = 'present' | 'latest' | 'absent'

/** `name`, `name=version` (with wildcards), `name/release`, `name:arch`. */
export interface PackageSpec {
  /** As written. */
  text: string
  name: string
  version?: string
  release?: string
}

const NAME = /^[A-Za-z0-9@*][A-Za-z0-9+.:~_*?[\]-]*$/

/** Takes a name apart; a text instead says what is wrong with it. */
export function parseSpec(text: string): PackageSpec | string {
  const match = /^([^=/<>!\s]+)(?:(=)(\S+)|\/(\S+))?$/.exec(text)
  const name = match?.[1] ?? ''
  if (!match || !NAME.test(name) || name.endsWith('-')) {
    return `'${text}' is no package name: expected name, name=version or name/release`
  }
  return { text, name, version: match[3], release: match[4] }
}

/** Does a version fit `1.2`, or a pattern such as `1.2*`. */
export function versionFits(installed: string, wanted: string): boolean {
  return installed === wanted || globRegExp(wanted).test(installed)
}

/** What a run of the package manager does, as far as it was foreseen. */
export interface Transaction {
  install: { name: string; version?: string; old?: string }[]
  remove: { name: string; old?: string }[]
}

/** The package facts that a transaction makes true. */
export function packageEffects(manager: string, transaction: Transaction, database: string): Effect[] {
  return [
    ...transaction.install.map(
      (one): Effect => ({ kind: 'package', name: one.name, fact: { manager, installed: one.version ?? 'unknown' } }),
    ),
    ...transaction.remove.map((one): Effect => ({ kind: 'package', name: one.name, fact: { manager } })),
    { kind: 'touched', resource: database, reason: 'packages are installed or removed by then' },
  ]
}

/** Both sides of the diff: a line for each package. */
export function packageDiff(transaction: Transaction): Pick<Change, 'before' | 'after'> {
  const line = (name: string, version?: string) => `${name}${version ? ` ${version}` : ''}\n`
  const before = [
    ...transaction.install.filter((one) => one.old).map((one) => line(one.name, one.old)),
    ...transaction.remove.map((one) => line(one.name, one.old)),
  ]
  const after = transaction.install.map((one) => line(one.name, one.version))
  return {
    before: { label: 'packages', text: before.sort().join('') },
    after: { label: 'packages', text: after.sort().join('') },
  }
}

/** 'a, b and 3 more', for one line. */
export function nameList(names: string[]): string {
  const shown = names.slice(0, 8).join(', ')
  return names.length > 8 ? `${shown} and ${names.length - 8} more` : shown
}
