/** A pack with its rules: what can be asked of it. Each part is read when it is first needed. */
import { basename } from 'node:path'
import type { Template } from '../template/language/ast.ts'
import { driftOf, type Drift } from './drift/drift.ts'
import { lintText, lintValues, refusal, type Finding } from './lint/lint.ts'
import { readsOf } from './lint/rule-reads.ts'
import { UnreadKeys } from './lint/unread.ts'
import { effectiveSettings } from './mapper/effective.ts'
import { MapperError, type Surroundings } from './mapper/placeholders.ts'
import { renderFiles, templatesOf } from './mapper/render.ts'
import { rulesOf, type Rules } from './mapper/rules.ts'
import { parseToml, settings as settingsOf, TomlSyntaxError, type Tree } from './mapper/toml.ts'
import { hasRules, packOf, type PackFiles } from './pack/files.ts'
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

  /** Which of these values nothing reads; also a reference of the document in which they are written reads a key. */
  unread(values: Record<string, unknown>, document?: string): Finding[] {
    return lintValues(values, this.#unreadKeys, document === undefined ? undefined : parseToml(document))
  }

  /** The value for which the product would not start with the text; undefined also where it does not start for another reason. */
  refused(text: string): MapperError | undefined {
    try {
      effectiveSettings(parseToml(text), this.#allRules, { anySecret: true })
    } catch (error) {
      if (error instanceof MapperError && error.kind === 'rule') return error
      if (!(error instanceof MapperError) && !(error instanceof TomlSyntaxError)) throw error
    }
    return undefined
  }

  /** The files that the product makes of a deployment.toml at its start, by their paths in it. */
  render(text: string, given: Surroundings = {}): Map<string, string> {
    const tree = parseToml(text)
    const refused = refusal(text)
    if (refused) throw refused
    return this.renderTree(tree, given)
  }

  /** The files that the product makes, by their paths in it. */
  get rendered(): string[] {
    return [...this.#allTemplates.keys()]
  }

  /** Where files as they are on a server say something else than what the rules make of its deployment.toml. */
  drift(text: string, found: ReadonlyMap<string, string>, files: readonly string[], explained = Infinity): Drift[] {
    const tree = parseToml(text)
    const settings = effectiveSettings(tree, this.#allRules)
    const templates = new Map([...this.#allTemplates].filter(([file]) => files.includes(file)))
    const own = new Set(settingsOf(tree).keys())
    return driftOf(renderFiles(templates, settings), found, { templates, rules: this.#allRules, settings, own }, explained)
  }

  renderTree(tree: Tree, given: Surroundings = {}): Map<string, string> {
    const settings = effectiveSettings(tree, this.#allRules, given)
    // What is not encrypted yet is not for a file of ours: `alias = "[plain text]"`.
    for (const [key, value] of settings) if (key.startsWith('secrets.') && typeof value === 'string' && value.startsWith('[')) settings.set(key, '[********]')
    return renderFiles(this.#allTemplates, settings)
  }
}

const opened = new Map<string, Pack>()
/** So many are kept: a run meets one, or two while it upgrades. */
const kept = 4

/** Files that were read already; `sha256` stands for all of them. */
export interface ReadFiles {
  sha256: string
  files: ReadonlyMap<string, string>
}

/** The pack of files that were read, of which later ones lie over earlier ones; undefined when they have no rules. */
export function packFrom(path: string, ...layers: ReadFiles[]): Pack | undefined {
  const id = layers.map(({ sha256 }) => sha256).join()
  const files = layers.length === 1 ? layers[0]!.files : new Map(layers.flatMap((layer) => [...layer.files]))
  if (!hasRules(files)) return undefined
  const pack = opened.get(id) ?? new Pack(packOf(path, basename(path), files))
  opened.delete(id)
  opened.set(id, pack)
  for (const old of [...opened.keys()].slice(0, -kept)) opened.delete(old)
  return pack
}

/** Opens a zip, a directory, or directories laid one over another. */
export async function openPack(...paths: string[]): Promise<Pack> {
  return new Pack(await readPack(...paths))
}

/** Which of these values nothing reads in the pack: nested, or by dotted keys. */
export function unread(values: Record<string, unknown>, pack: Pack, document?: string): Finding[] {
  return pack.unread(values, document)
}
