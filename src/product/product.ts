/** A pack with its rules: what can be asked of it. Each part is read when it is first needed. */
import type { Template } from '../template/language/ast.ts'
import { lintText, lintValues, refusal, type Finding } from './lint/lint.ts'
import { readsOf } from './lint/rule-reads.ts'
import { UnreadKeys } from './lint/unread.ts'
import { effectiveSettings } from './mapper/effective.ts'
import type { Surroundings } from './mapper/placeholders.ts'
import { renderFiles, templatesOf } from './mapper/render.ts'
import { rulesOf, type Rules } from './mapper/rules.ts'
import { parseToml, type Tree } from './mapper/toml.ts'
import type { PackFiles } from './pack/files.ts'
import { readPack } from './pack/open.ts'

export class Pack {
  readonly files: PackFiles
  #rules: Rules | undefined
  #templates: Map<string, Template> | undefined
  #unread: UnreadKeys | undefined

  constructor(files: PackFiles) {
    this.files = files
  }

  /** `WSO2 API Manager v4.2.0` */
  get release(): string {
    return this.files.release
  }

  get #allRules(): Rules {
    return (this.#rules ??= rulesOf(this.files))
  }

  get #allTemplates(): Map<string, Template> {
    return (this.#templates ??= templatesOf(this.files))
  }

  get #unreadKeys(): UnreadKeys {
    return (this.#unread ??= new UnreadKeys(readsOf(this.#allTemplates.values(), this.#allRules), this.#allRules, this.release))
  }

  /** What is wrong with a deployment.toml, in the order of the lines. */
  lint(text: string): Finding[] {
    return lintText(text, this.#allRules, this.#unreadKeys)
  }

  /** Which of these values nothing reads. */
  unread(values: Record<string, unknown>): Finding[] {
    return lintValues(values, this.#unreadKeys)
  }

  /** The files that the product makes of a deployment.toml at its start, by their paths in it. */
  render(text: string, given: Surroundings = {}): Map<string, string> {
    const tree = parseToml(text)
    const refused = refusal(text)
    if (refused) throw refused
    return this.renderTree(tree, given)
  }

  renderTree(tree: Tree, given: Surroundings = {}): Map<string, string> {
    const settings = effectiveSettings(tree, this.#allRules, given)
    // What is not encrypted yet is not for a file of ours: `alias = "[plain text]"`.
    for (const [key, value] of settings) if (key.startsWith('secrets.') && typeof value === 'string' && value.startsWith('[')) settings.set(key, '[********]')
    return renderFiles(this.#allTemplates, settings)
  }
}

/** Opens a zip, a directory, or directories laid one over another. */
export async function openPack(...paths: string[]): Promise<Pack> {
  return new Pack(await readPack(...paths))
}

/** Which of these values nothing reads in the pack: nested, or by dotted keys. */
export function unread(values: Record<string, unknown>, pack: Pack): Finding[] {
  return pack.unread(values)
}
