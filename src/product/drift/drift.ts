/** Rendered files of a server, held against what its rules make of its deployment.toml. */
import type { Template } from '../../template/language/ast.ts'
import type { Table } from '../jinjava/value.ts'
import { targetsOf } from '../mapper/key-mapping.ts'
import type { Rules } from '../mapper/rules.ts'
import { decidingKeys } from './deciding-keys.ts'
import { isSame, statementsOf, type Statements } from './statements.ts'

export interface Drift {
  /** Path below the home. */
  file: string
  /** In the file as it is there, from 1; undefined: the file, or the place in it, is not there. */
  line: number | undefined
  /** `Server/Ports/Offset`; undefined: the file is not there. */
  place: string | undefined
  /** The keys of deployment.toml that decide what should stand there; none where the template alone does, or where it is not looked for. */
  keys: string[]
}

export interface Rendering {
  templates: Map<string, Template>
  rules: Rules
  settings: Table
  /** The keys that the deployment.toml itself sets. */
  own: ReadonlySet<string>
}

/** All places; the keys are looked for in the first `explained` of them, because that takes as long as rendering many times. */
export function driftOf(expected: Map<string, string>, found: ReadonlyMap<string, string>, by: Rendering, explained: number): Drift[] {
  const all: Drift[] = []
  for (const [file, text] of expected) {
    const there = found.get(file)
    if (there === text) continue
    if (there === undefined) {
      all.push({ file, line: undefined, place: undefined, keys: [] })
      continue
    }
    const [wanted, said] = [statementsOf(file, text), statementsOf(file, there)]
    const places = differing(wanted, said)
    const shown = places.slice(0, Math.max(0, explained - all.length))
    const keys = shown.length > 0 ? decidingKeys(by.templates.get(file)!, file, by.settings, wanted, shown) : []
    all.push(...places.map((place, i) => ({ file, line: said.get(place)?.line, place, keys: sorted(keys[i] ?? [], by) })))
  }
  return all
}

/** An element that is there on one side only is told once, and not again for all that is in it. */
function differing(wanted: Statements, said: Statements): string[] {
  const places: string[] = []
  const only = (place: string) => wanted.has(place) !== said.has(place)
  const told = (place: string) => places.some((above) => only(above) && (place.startsWith(`${above}/`) || place.startsWith(`${above}@`)))
  for (const place of new Set([...wanted.keys(), ...said.keys()])) {
    const [is, should] = [said.get(place), wanted.get(place)]
    if (!(is && should && isSame(should.value, is.value)) && !told(place)) places.push(place)
  }
  return places
}

/** By the names that a user writes; first those that the file itself sets: they are the likely ones. */
function sorted(keys: string[], by: Rendering): string[] {
  const rank = (key: string) => (by.own.has(key) ? 0 : 1)
  return [...new Set(keys.map((key) => asWritten(key, by)))].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
}

function asWritten(key: string, { rules, own }: Rendering): string {
  const names = [...Object.keys(rules.mappings).filter((from) => !from.includes(':') && targetsOf(from, rules.mappings).includes(key)), key]
  return names.find((name) => own.has(name)) ?? names[0]!
}
