/** The rules of the release that is in a home, for modules that ask what it reads and what it makes of it. */
import { probe, type Probe, type TextsFact } from '../../src/module/index.ts'
import { type Finding, packFrom, packTexts, type Pack } from '../../src/product/index.ts'

/** Asks for the rules: once a run for all nodes that have the same, and by their hash from then on. */
export const packProbe = (home: string, on?: 'controller'): Probe<'texts'> => probe.texts({ path: home, ...packTexts, ...(on && { on }) })

/** Undefined where a home has no rules: no release from 3.0.0 on. Later layers lie over earlier ones. */
export const packIn = (home: string, ...layers: TextsFact[]): Pack | undefined => packFrom(home, ...layers)

/** The home whose deployment.toml a path is. */
export function homeOf(path: string): string | undefined {
  return /^(.+)\/repository\/conf\/deployment\.toml$/.exec(path)?.[1]
}

/** Several are one sentence each, on lines of their own. */
export function sayFindings(findings: Finding[]): string {
  const texts = findings.map(({ message, nearest }) => `${message}${nearest === undefined ? '' : `; did you mean ${nearest}?`}`)
  return texts.length === 1 ? texts[0]! : `\n${texts.map((text) => `  ${text}`).join('\n')}`
}
