/** The `checksum` of a download: 'sha256:HEX', or 'sha256:URL' of a file that lists it. */
import { probe, z } from '../../../src/module/index.ts'
import type { Facts, Probe } from '../../../src/module/index.ts'
import { ALGORITHMS, type Algorithm } from '../checksum.ts'
import { utf8 } from '../../lib/content.ts'

export interface Checksum {
  algorithm: Algorithm
  value: string
}

export const checksum = z.string().transform((text, context): Checksum => {
  const [, name = '', value = ''] = /^(\w+):(.+)$/s.exec(text.trim()) ?? []
  const algorithm = ALGORITHMS.find((known) => known === name.toLowerCase())
  if (algorithm && (/^(https?|file):\/\//.test(value) || /^[0-9a-fA-F]+$/.test(value.trim())))
    return { algorithm, value: value.trim() }
  context.addIssue({
    code: 'custom',
    message: `expected ALGORITHM:HEX or ALGORITHM:URL with one of ${ALGORITHMS.join(', ')}, got '${text}'`,
  })
  return z.NEVER
})

const isUrl = (value: string): boolean => value.includes('://')

/** A list on the web is fetched by the host. */
export function checksumProbes(expected: Checksum | undefined): Probe[] {
  if (!expected || !isUrl(expected.value)) return []
  if (expected.value.startsWith('file://'))
    return [probe.file({ path: new URL(expected.value).pathname, follow: true, content: true })]
  return [probe.http({ url: expected.value })]
}

/** The hex digits; `names`: under which the file may be listed. */
export function expectedSum(expected: Checksum, names: string[], facts: Facts): { sum: string } | { failed: string } {
  if (!isUrl(expected.value)) return { sum: expected.value.toLowerCase() }
  const text = readList(expected, facts)
  if (text === undefined) return { failed: `the list of checksums ${expected.value} can not be read` }
  const lines = text
    .split('\n')
    .map((line) => /^\\?([0-9a-fA-F]{32,128})(?:\s+[ *]?(.*?))?\s*$/.exec(line))
    .filter((match) => match !== null)
  const named = lines.find(([, , name]) => name !== undefined && names.includes(name.replace(/^.*\//, '')))
  const found = named ?? (lines.length === 1 ? lines[0] : undefined)
  return found ? { sum: found[1]!.toLowerCase() } : { failed: `${names[0]} is not listed in ${expected.value}` }
}

function readList(expected: Checksum, facts: Facts): string | undefined {
  const [asked] = checksumProbes(expected)
  if (asked?.kind === 'file') {
    const { content } = facts.need(asked)
    return content && utf8(content)
  }
  const page = facts.need(asked as Probe<'http'>)
  return page.status === 200 ? utf8(page.body) : undefined
}
