/** The zip probe: what is in a zip on this machine. Only its directory and the files that are asked for are read. */
import { stat } from 'node:fs/promises'
import type { Entry, ZipFile } from 'yauzl'
import type { Probe, ZipFact } from './probe.ts'

/** More is no text. */
const largest = 1024 * 1024

export async function zipFact(probe: Probe<'zip'>): Promise<ZipFact> {
  const none = { names: [], size: 0, texts: {} }
  const there = await stat(probe.path).catch(() => undefined)
  if (!there) return { exists: false, ...none }
  if (!there.isFile()) return { exists: true, problem: 'it is no file', ...none }
  try {
    return { exists: true, ...(await read(probe.path, probe.read ?? [])) }
  } catch (error) {
    return { exists: true, problem: problemOf(error as Error), ...none }
  }
}

async function read(path: string, wanted: string[]): Promise<Omit<ZipFact, 'exists'>> {
  // Loaded for those who ask for a zip only.
  const { open } = await import('yauzl')
  const zip = await new Promise<ZipFile>((resolve, reject) =>
    open(path, { lazyEntries: true, autoClose: false }, (error, opened) => (error ? reject(error) : resolve(opened))),
  )
  try {
    const entries = await entriesOf(zip)
    const files = entries.filter((entry) => !entry.fileName.endsWith('/'))
    const texts: Record<string, string> = {}
    for (const entry of files) {
      const name = wanted.find((each) => entry.fileName === each || entry.fileName.split('/').slice(1).join('/') === each)
      if (name !== undefined && entry.uncompressedSize <= largest) texts[name] ??= await textOf(zip, entry)
    }
    return { names: files.map((entry) => entry.fileName), size: files.reduce((sum, entry) => sum + entry.uncompressedSize, 0), texts }
  } finally {
    zip.close()
  }
}

function entriesOf(zip: ZipFile): Promise<Entry[]> {
  return new Promise((resolve, reject) => {
    const found: Entry[] = []
    zip.on('entry', (entry: Entry) => {
      found.push(entry)
      zip.readEntry()
    })
    zip.on('end', () => resolve(found))
    zip.on('error', reject)
    zip.readEntry()
  })
}

function textOf(zip: ZipFile, entry: Entry): Promise<string> {
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => {
      if (error) return reject(error)
      const parts: Buffer[] = []
      stream.on('data', (part: Buffer) => parts.push(part))
      stream.on('end', () => resolve(Buffer.concat(parts).toString('utf8')))
      stream.on('error', reject)
    })
  })
}

function problemOf(error: Error & { code?: string }): string {
  if (error.code === 'EACCES') return 'it can not be read by this user'
  return /end of central directory/i.test(error.message) ? 'it is no zip, or was cut off: compare its size with that of the download' : `it is damaged: ${error.message}`
}
