/**
 * Texts probes: many small files in one answer. The host hashes them all, and sends them only when the hash of that list
 * is none that this run has read: after the first time, and for a host that has the same files, it costs a few bytes.
 */
import { gunzipSync } from 'node:zlib'
import type { Probe, TextsFact } from '../probe.ts'
import { safePath, sh } from '../quote.ts'
import type { Reply } from '../reply.ts'
import type { Request } from '../request.ts'
import { type Texts, sha256 } from '../texts/wanted.ts'
import { hostPath, type Host } from './host.ts'
import { parseSums } from './stat.ts'

/** What was read, by the hash of its list. So many are kept. */
const read = new Map<string, Texts>()
const kept = 8
/** A host can't send more than this by packing it well. */
const largest = 64 * 1024 * 1024

export function askTexts(request: Request, probes: Probe<'texts'>[], host: Host): (reply: Reply) => TextsFact[] {
  const known = [...read.keys()].join(' ')
  const facts = probes.map((probe) => ask(request, probe, host, known))
  return (reply) => facts.map((fact) => fact(reply))
}

function ask(request: Request, probe: Probe<'texts'>, host: Host, known: string): (reply: Reply) => TextsFact {
  const name = request.name('x')
  const places = probe.in.map((place) => (place.startsWith('-') ? safePath(place) : place))
  const names = probe.names.flatMap((pattern) => ['-o', '-name', pattern]).slice(1)
  request.add(sh`_texts ${name} ${hostPath(probe.path, host)} ${known} ${places} '(' ${names} ')'`)
  return (reply) => {
    if (reply.text(`${name}e`) !== '') throw new Error(`${probe.path}: ${reply.text(`${name}e`).trim()} is not installed on the host`)
    const list = reply.bytes(`${name}h`) ?? Buffer.alloc(0)
    const hash = sha256(list)
    const files = read.get(hash) ?? unpack(probe.path, reply, name)
    read.delete(hash)
    read.set(hash, files)
    for (const old of [...read.keys()].slice(0, -kept)) read.delete(old)
    return { sha256: hash, files }
  }
}

/** The contents stand one behind the other; each has the hash that the list says. */
function unpack(path: string, reply: Reply, name: string): Texts {
  const sums = parseSums(reply.lines(`${name}h`))
  const sizes = reply.fields(`${name}s`)
  const packed = reply.bytes(`${name}z`)
  const all = packed && packed.length > 0 ? gunzipSync(packed, { maxOutputLength: largest }) : (reply.bytes(`${name}c`) ?? Buffer.alloc(0))
  const files = new Map<string, string>()
  let at = 0
  for (let i = 0; i + 1 < sizes.length; i += 2) {
    const [file, size] = [sizes[i] as string, Number(sizes[i + 1])]
    const content = all.subarray(at, at + size)
    at += size
    if (sha256(content) !== sums.get(file)) throw new Error(`${path}: ${file} can't be read, or was changed meanwhile: run this again`)
    files.set(file.replace(/^\.\//, ''), content.toString('utf8'))
  }
  return files
}
