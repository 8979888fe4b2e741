/**
 * The needed files of a zip. Only its central directory and these entries are read, so that half a gigabyte costs no
 * more than a few megabytes: yauzl reads by position, and checks what it reads.
 */
import { open, type Entry, type ZipFile } from 'yauzl'
import { isNeeded, PackError } from './files.ts'

/** No needed file of a pack comes near. */
const largest = 16 * 1024 * 1024

/** Files by their paths below the folder that the pack is in. */
export async function readZip(path: string): Promise<Map<string, string>> {
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
    for (const entry of await needed(zip)) files.set(insideOf(entry.fileName), await textOf(zip, entry))
    return files
  } catch (error) {
    throw broken(path, error as Error)
  } finally {
    zip.close()
  }
}

/** The zip of a pack has one folder at its top, such as `wso2am-4.2.0/`. */
function insideOf(name: string): string {
  return name.replace(/^[^/]+\/(?=(?:bin|repository)\/)/, '')
}

function needed(zip: ZipFile): Promise<Entry[]> {
  return new Promise((resolve, reject) => {
    const found: Entry[] = []
    zip.on('entry', (entry: Entry) => {
      if (isNeeded(insideOf(entry.fileName)) && entry.uncompressedSize <= largest) found.push(entry)
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
  return new PackError(`${path} is no zip, or was cut off${cut ? '' : `: ${error.message}`}`, 'compare its size with that of the download')
}
