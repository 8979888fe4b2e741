/** The files that the product writes at its start: every template with the effective settings in it (JinjaParser.java). */
import { TemplateError } from '../../template/language/errors.ts'
import type { Template } from '../../template/language/ast.ts'
import { parse, render } from '../jinjava/render.ts'
import type { Table } from '../jinjava/value.ts'
import type { PackFiles } from '../pack/files.ts'
import { asTables } from './effective.ts'
import { MapperError } from './placeholders.ts'

const folder = 'templates/'

/** The templates of a pack by the path of the file that each makes. */
export function templatesOf(pack: PackFiles): Map<string, Template> {
  const templates = new Map<string, Template>()
  for (const [path, text] of pack.conf) {
    if (!path.startsWith(folder) || !path.endsWith('.j2')) continue
    const file = path.slice(folder.length, -'.j2'.length)
    try {
      templates.set(file, parse({ text: withLines(text), file: path }))
    } catch (error) {
      throw error instanceof TemplateError ? new MapperError(`${path} of ${pack.release} can't be read: ${error.message} (line ${error.line})`, undefined, 'template') : error
    }
  }
  return templates
}

/** FileUtils.readFile of the mapper ends every line with one newline. */
function withLines(text: string): string {
  return text === '' ? '' : `${text.replace(/\r\n?/g, '\n').replace(/\n$/, '')}\n`
}

/** The text of each file. */
export function renderFiles(templates: Map<string, Template>, settings: Table): Map<string, string> {
  const variables = asTables(settings)
  const files = new Map<string, string>()
  for (const [file, template] of templates) {
    try {
      files.set(file, render(template, variables, file))
    } catch (error) {
      throw error instanceof TemplateError ? new MapperError(`${file}: ${error.message} (line ${error.line} of its template)`, undefined, 'template') : error
    }
  }
  return files
}
