/** The project's Markdown files, and what the tests of the documentation read in them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))

export interface Block {
  language: string
  text: string
  /** FILE:LINE of its first line. */
  place: string
}

/** Paths relative to the project: what people wrote, without the generated pages. */
export function written(): string[] {
  const docs = ['', 'steps/'].flatMap((folder) => readdirSync(join(root, 'docs', folder)).filter((name) => name.endsWith('.md')).map((name) => folder + name))
  return ['README.md', 'CONTRIBUTING.md', ...docs.map((name) => `docs/${name}`)]
}

/** The generated pages of the task modules. */
export function generated(): string[] {
  return readdirSync(join(root, 'docs/modules')).map((name) => `docs/modules/${name}`)
}

export function read(file: string): string {
  return readFileSync(join(root, file), 'utf8')
}

/** The fenced code blocks of a file. */
export function blocksOf(file: string): Block[] {
  const blocks: Block[] = []
  let open: Block | undefined
  for (const [index, line] of read(file).split('\n').entries()) {
    const fence = /^```(\w*)$/.exec(line)
    if (open && fence) {
      blocks.push(open)
      open = undefined
    } else if (open) open.text += `${line}\n`
    else if (fence) open = { language: fence[1] ?? '', text: '', place: `${file}:${index + 2}` }
  }
  if (open) throw new Error(`${open.place}: the code block is not closed`)
  return blocks
}

/** A file's text without its code. */
function prose(file: string): string {
  return read(file).replaceAll(/^```[\s\S]*?^```$/gm, '').replaceAll(/`[^`\n]*`/g, '')
}

/** Links of a file that lead nowhere: to nothing that `isThere`, given paths relative to the project. */
export function deadLinks(file: string, isThere = (path: string) => existsSync(join(root, path))): string[] {
  const links = [...prose(file).matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] as string)
  return links.filter((link) => !/^(https?|mailto):/.test(link) && !leadsSomewhere(file, link, isThere)).map((link) => `${file}: ${link}`)
}

function leadsSomewhere(file: string, link: string, isThere: (path: string) => boolean): boolean {
  const [path = '', anchor] = link.split('#')
  const target = path === '' ? file : join(dirname(file), path)
  if (!isThere(target)) return false
  return anchor === undefined || anchorsOf(target).includes(anchor)
}

/** Headings as GitHub names them in addresses. */
function anchorsOf(file: string): string[] {
  const headings = read(file).replaceAll(/^```[\s\S]*?^```$/gm, '').matchAll(/^#{1,6} (.*)$/gm)
  return [...headings].map((match) => (match[1] as string).toLowerCase().replaceAll(/[^\w\- ]/g, '').replaceAll(' ', '-'))
}
