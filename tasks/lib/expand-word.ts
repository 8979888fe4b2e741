/** `$NAME`, `${NAME}` and `~` in the words of a command: they stand for what they are on the host (no shell is asked). */
import { type Facts, type Probe, probe, Unknown } from '../../src/module/index.ts'

const VARIABLE = /\$(?:(\w+)|\{(\w+)\})/g
const TILDE = /^~([^/]*)(?=\/|$)/

/** One probe for each name that is used; none for plain words. */
export function expandProbes(words: string[]): Probe[] {
  return [...variableNames(words).map(variableProbe), ...userNames(words).map((name) => probe.user({ name }))]
}

/** The words with what the host says in place of each name; a name that is not set stays as written. */
export function expandWord(word: string, facts: Facts): string {
  const home = TILDE.exec(word)
  const start = home ? (home[1] === '' ? value('HOME', facts) : homeOf(home[1]!, facts)) : undefined
  const rest = home && start !== undefined ? word.slice(home[0].length) : word
  return (start ?? '') + rest.replace(VARIABLE, (whole, plain, braced) => value(plain ?? braced, facts) ?? whole)
}

function variableNames(words: string[]): string[] {
  const names = words.flatMap((word) => [...word.matchAll(VARIABLE)].map((match) => (match[1] ?? match[2])!))
  if (words.some((word) => TILDE.exec(word)?.[1] === '')) names.push('HOME')
  return [...new Set(names)]
}

function userNames(words: string[]): string[] {
  return [...new Set(words.map((word) => TILDE.exec(word)?.[1] ?? '').filter((name) => name !== ''))]
}

function variableProbe(name: string): Probe<'command'> {
  return probe.command({ argv: ['printenv', name], reads: [] })
}

function value(name: string, facts: Facts): string | undefined {
  const fact = facts.get(variableProbe(name))
  return fact instanceof Unknown || fact.rc !== 0 ? undefined : fact.stdout.replace(/\n$/, '')
}

function homeOf(name: string, facts: Facts): string | undefined {
  const fact = facts.get(probe.user({ name }))
  return fact instanceof Unknown ? undefined : fact.home
}
