/**
 * The wanted files of a zip. Only its central directory and these entries are read, so that half a gigabyte costs no
 * more than a few megabytes: yauzl reads by position, and checks what it reads.
 */
import { open, type Entry, type ZipFile } from 'yauzl'
import { InputError } from '../../yaml/index.ts'
import { isWanted, type Wanted } from './wanted.ts'

/** No text of a pack comes near. */
const largest = 16 * 1024 * 1024

/** Files by their paths in the zip, or below the one folder at its top. */
export async function readZip(path: string, wanted: Wanted): Promise<Map<string, string>> {
  let zip: ZipFile
  try {
    zip = await new Promise<ZipFile>((resolve, reject) =>
      open(path, { lazyEntries: true, autoClose: false }, (error, opened) => (error ? reject(error) : resolve(opened))),
    )
  } catch (error) {
    throw broken(path, error as Error)
  }
  try {
    const files = new Map<string, string>()
    for (const [name, entry] of await found(zip, wanted)) files.set(name, await textOf(zip, entry))
    return files
  } catch (error) {
    throw broken(path, error as Error)
  } finally {
    zip.close()
  }
}

/** The wanted entries. A pack has one folder at its top, such as `wso2am-4.2.0/`, which is no part of their paths. */
function found(zip: ZipFile, wanted: Wanted): Promise<[string, Entry][]> {
  return new Promise((resolve, reject) => {
    const entries: [string, Entry][] = []
    zip.on('entry', (entry: Entry) => {
      const name = [entry.fileName, entry.fileName.replace(/^[^/]+\//, '')].find((path) => isWanted(path, wanted))
      if (name !== undefined && entry.uncompressedSize <= largest) entries.push([name, entry])
      zip.readEntry()
    })
    zip.on('end', () => resolve(entries))
    zip.on('error', reject)
    zip.readEntry()
  })
}

function textOf(zip: ZipFile, entry: Entry): Promise<string> {
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => {
      if (error) {
        reject(error)
        return
      }
      const parts: Buffer[] = []
      stream.on('data', (part: Buffer) => parts.push(part))
      stream.on('end', () => resolve(Buffer.concat(parts).toString('utf8')))
      stream.on('error', reject)
    })
  })
}

function broken(path: string, error: Error & { code?: string }): Error {
  if (error.code !== undefined && /^E[A-Z]+$/.test(error.code)) return error
  const cut = /end of central directory/i.test(error.message)
  return new InputError(`${path} is no zip, or was cut off${cut ? '' : `: ${error.message}`}`, { hint: 'compare its size with that of the download' })
}
