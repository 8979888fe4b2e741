/** What is needed of a pack: its rules, its deployment.toml, and which release it is. */
import { InputError } from '../../yaml/index.ts'

/** A pack can't be read, or is none: one sentence for the user. */
export class PackError extends InputError {
  constructor(message: string, hint?: string) {
    super(message, { hint })
    this.name = 'PackError'
  }
}

export interface PackFiles {
  /** Where it was read. */
  path: string
  /** `WSO2 API Manager v4.2.0`, or the name of what was read where no file says so. */
  release: string
  /** `4.2.0`. */
  version: string | undefined
  /** Files of `repository/resources/conf`, by their path below it. */
  conf: Map<string, string>
  /** The `repository/conf/deployment.toml` that it brings. */
  toml: string | undefined
  /** Where that file is, in a pack that was unpacked. */
  tomlPath: string | undefined
}

const confFolder = 'repository/resources/conf/'
const tomlFile = 'repository/conf/deployment.toml'
const versionFile = 'bin/version.txt'

/** Where a pack has the texts that make its rules, and what tells the release. */
export const packTexts = { in: [versionFile, confFolder.slice(0, -1)], names: ['version.txt', '*.json', '*.j2'] }

/** A file below `repository/resources/conf` that the product reads too. */
function isRule(path: string): boolean {
  return /^[\w-]+\.json$/.test(path) || (path.startsWith('templates/') && path.endsWith('.j2'))
}

export function hasRules(files: ReadonlyMap<string, string>): boolean {
  return [...files.keys()].some((path) => path.startsWith(confFolder) && isRule(path.slice(confFolder.length)))
}

/** A pack made of its files, by their paths in it. */
export function packOf(path: string, name: string, files: ReadonlyMap<string, string>): PackFiles {
  const conf = new Map([...files].flatMap(([file, text]) => (file.startsWith(confFolder) && isRule(file.slice(confFolder.length)) ? [[file.slice(confFolder.length), text] as const] : [])))
  if (conf.size === 0)
    throw new PackError(`${path} has no ${confFolder.slice(0, -1)}, so it is no pack of WSO2 API Manager from 3.0.0 on`, 'give the zip of the product, or the directory that it was unpacked to')
  const release = (files.get(versionFile) ?? name).trim().replace(/\.zip$/i, '')
  const version = /\d+\.\d+(?:\.\d+)?/.exec(release)?.[0]
  return { path, release, version, conf, toml: files.get(tomlFile), tomlPath: undefined }
}

export const tomlOf = tomlFile
