/** multipart/form-data: a form with files. */
import { createHash } from 'node:crypto'

/** `filename` alone: a file of the project. */
export interface MultipartPart {
  filename?: string
  content?: string
  mime_type?: string
}

/** Names of the project's files that the form sends. */
export function filesOf(body: unknown): string[] {
  if (typeof body !== 'object' || body === null) return []
  return Object.values(body as Record<string, unknown>).flatMap((part) => {
    const { filename, content } = (typeof part === 'object' && part !== null ? part : {}) as MultipartPart
    return filename !== undefined && content === undefined ? [filename] : []
  })
}

/** The boundary follows from the content, so that the same form is the same request. */
export function multipart(
  body: Record<string, string | MultipartPart>,
  files: Map<string, Uint8Array>,
): { content: Uint8Array; type: string } {
  const parts = Object.entries(body).map(([name, value]) => {
    const part: MultipartPart = typeof value === 'object' && value !== null ? value : { content: String(value) }
    const data = part.content === undefined ? (files.get(part.filename ?? '') ?? new Uint8Array()) : Buffer.from(part.content)
    const file = part.filename === undefined ? '' : `; filename="${quote(part.filename.split('/').at(-1)!)}"`
    const type = part.mime_type ?? (part.filename === undefined ? undefined : 'application/octet-stream')
    const head = `Content-Disposition: form-data; name="${quote(name)}"${file}\r\n${type === undefined ? '' : `Content-Type: ${type}\r\n`}\r\n`
    return Buffer.concat([Buffer.from(head), data, Buffer.from('\r\n')])
  })
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  const boundary = `==${hash.digest('hex').slice(0, 32)}==`
  const open = Buffer.from(`--${boundary}\r\n`)
  const content = Buffer.concat([...parts.flatMap((part) => [open, part]), Buffer.from(`--${boundary}--\r\n`)])
  return { content, type: `multipart/form-data; boundary="${boundary}"` }
}

const quote = (text: string) =>
  text.replace(/["\r\n\\]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
