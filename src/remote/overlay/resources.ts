/** The names under which effects are kept, and the resources on which the answers of probes depend. */
import type { Effect } from '../action.ts'
import type { Probe } from '../probe.ts'
import { clean } from './files.ts'

/** Kinds of effects on what is no file, told by a name and a fact. */
export type Predicted = Exclude<Effect['kind'], 'file' | 'probe' | 'touched'>

/** Name and fact of an effect on what is no file. */
export function factOf(effect: Extract<Effect, { kind: Predicted }>): [string, Record<string, unknown>] {
  switch (effect.kind) {
    case 'sysctl':
      return [effect.key, { value: effect.value }]
    case 'port':
      return [`${effect.host}:${effect.port}`, { open: effect.open }]
    case 'program':
      return [effect.name, { path: effect.path }]
    case 'mount':
      return [clean(effect.path), { ...effect.fact }]
    default:
      return [effect.name, { ...effect.fact }]
  }
}

/** The resources that a probe reads, in the words of `touched`. */
export function resourcesOf(probe: Probe): string[] {
  switch (probe.kind) {
    case 'command':
      return probe.reads ?? []
    case 'file':
    case 'tree':
    case 'texts':
    case 'mount':
    case 'zip':
      return [probe.path]
    case 'port':
      return [`tcp:${probe.host}:${probe.port}`]
    case 'http':
      return httpResources(probe)
    case 'sysctl':
      return [`sysctl:${probe.key}`]
    case 'system':
      return ['system']
    default:
      return [`${probe.kind}:${probe.name}`]
  }
}

function httpResources(probe: Probe<'http'>): string[] {
  try {
    const url = new URL(probe.url)
    const port = url.port || (url.protocol === 'https:' ? '443' : '80')
    return [`tcp:${url.hostname}:${port}`, probe.url, ...(probe.connectTo === undefined ? [] : [`tcp:${probe.connectTo}`])]
  } catch {
    return [probe.url]
  }
}
