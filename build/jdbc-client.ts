/**
 * Compiles tasks/database/jdbc/JdbcClient.java and writes it, as the jar that goes to the hosts, into client-jar.ts beside it:
 * `npm run jdbc-client`, after each change of the source. Needs a JDK; hosts and users of the program need none.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../tasks/database/jdbc', import.meta.url))
export const sourceFile = join(folder, 'JdbcClient.java')
const target = join(folder, 'client-jar.ts')

/** The jar: not compressed and with no times of today, so that the same compiler always makes the same bytes. */
export function clientJar(): Buffer {
  const directory = mkdtempSync(join(tmpdir(), 'aarun-jdbc-'))
  try {
    const options = ['--release', '8', '-g:none', '-Xlint:-options', '-encoding', 'UTF-8']
    execFileSync('javac', [...options, '-d', directory, sourceFile], { stdio: ['ignore', 'ignore', 'pipe'] })
    const jar = join(directory, 'client.jar')
    const names = ['JdbcClient.class', 'JdbcClient$1.class'].flatMap((name) => ['-C', directory, name])
    execFileSync('jar', ['--create', '--no-manifest', '--no-compress', '--date=2020-01-01T00:00:00Z', '--file', jar, ...names])
    return readFileSync(jar)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** By which a test tells, without a compiler, that the jar was made of this source. */
export function sourceHash(): string {
  return createHash('sha256').update(readFileSync(sourceFile)).digest('hex')
}

/** '17': compilers of other versions may make other bytes of the same source. */
export function compilerVersion(): string {
  return /\d+/.exec(execFileSync('javac', ['-version'], { encoding: 'utf8' }))![0]
}

function moduleText(): string {
  const lines = clientJar().toString('base64').match(/.{1,150}/g)!
  return [
    '/** The class files of JdbcClient.java beside this file, as a jar. Written by `npm run jdbc-client`, not by hand. */',
    "import { Buffer } from 'node:buffer'",
    '',
    `export const SOURCE_SHA256 = '${sourceHash()}'`,
    `export const COMPILER = '${compilerVersion()}'`,
    '',
    'const BASE64 = `',
    ...lines,
    '`',
    '',
    "export const clientJar = (): Uint8Array => Buffer.from(BASE64, 'base64')",
    '',
  ].join('\n')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(target, moduleText())
