/** The licences of the libraries that are inside of the bundle: their authors ask to go along with the code. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One text from all packages that the inputs (paths from the root) belong to. */
export function licences(root: string, inputs: string[]): string {
  const packages = new Set(inputs.flatMap((input) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? []))
  return [...packages].sort().map((path) => licenceOf(join(root, path))).join(`\n${'-'.repeat(80)}\n\n`)
}

function licenceOf(directory: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as Record<string, unknown>
  const files = readdirSync(directory).filter((file) => /^licen[cs]e/i.test(file))
  return [`${name} ${version} (${license})`, '', ...files.map((file) => readFileSync(join(directory, file), 'utf8'))].join('\n')
}
