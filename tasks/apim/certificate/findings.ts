/** What is wrong with a certificate: names, dates, chain. */
import { isIP } from 'node:net'
import type { Certificate } from './read.ts'

export function nameFindings(leaf: Certificate, wanted: string[]): string[] {
  const lacking = wanted.filter((name) => !leaf.names.some((own) => covers(own, name)))
  if (lacking.length === 0) return []
  return [`it is not valid for ${lacking.join(', ')} (only for ${leaf.names.join(', ') || 'nothing'}): have one made with all of these names`]
}

/** A star stands for one label, as in RFC 6125. */
function covers(own: string, name: string): boolean {
  const [a, b] = [own.toLowerCase(), name.toLowerCase()]
  if (a === b) return true
  return a.startsWith('*.') && isIP(b) === 0 && b.includes('.') && a.slice(1) === b.slice(b.indexOf('.'))
}

export function dateFindings(leaf: Certificate, now: Date): string[] {
  const day = (date: Date) => date.toISOString().slice(0, 10)
  if (leaf.notAfter <= now) return [`it has expired on ${day(leaf.notAfter)}`]
  if (leaf.notBefore > now) return [`it is valid only from ${day(leaf.notBefore)} on: does the clock of this machine go right?`]
  return []
}

/** Each is signed by the next, and the last by an authority that is known or by itself: those who check it need that one. */
export function chainFindings(chain: Certificate[], authority: Certificate | undefined): string[] {
  for (const [index, one] of chain.entries()) {
    const next = chain[index + 1]
    if (next && !one.signedBy(next)) return [`certificate ${index + 2} of it (${next.subject}) did not sign certificate ${index + 1}: it was signed by ${one.issuer}`]
  }
  if (authority) return []
  return [`its chain ends with one that was signed by ${chain.at(-1)!.issuer}: add that certificate at the end of the file, or give it as ca (it is none of the public authorities that are known here)`]
}
