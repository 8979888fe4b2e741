import { lookupName } from '../../runtime/evaluate.ts'
import { asText } from '../filters/convert.ts'
import { force } from '../../runtime/lazy.ts'
import type { LookupPlugin } from '../../runtime/plugins.ts'
import { Undefined } from '../../runtime/session.ts'
import { regexOf } from '../regex.ts'
import { contextOf } from './context.ts'

/** Lookups on variables, hosts and the environment. */
export const nameLookups: Record<string, LookupPlugin> = {
  vars: (terms, { default: otherwise }, { env, at }) => terms.flat().map((name) => {
    const value = lookupName(asText(name), { ...env, frame: undefined }, at)
    if (!(value instanceof Undefined)) return force(value, env.session)
    if (otherwise !== undefined) return otherwise
    throw value.error()
  }),
  varnames: (terms, _options, { env }) => {
    const names = [...env.scope.names()]
    return terms.flatMap((pattern) => names.filter((name) => regexOf(asText(pattern)).test(name)))
  },
  env: (terms, { default: otherwise }, { env }) => terms.map((name) => {
    const value = contextOf(env).env(asText(name).split(' ')[0]!)
    if (value !== undefined) return value
    if (otherwise === undefined) return ''
    if (otherwise instanceof Undefined) throw otherwise.error()
    return otherwise
  }),
  inventory_hostnames: (terms, _options, { env }) => contextOf(env).hostNames(terms.map(asText).join(':')),
  pipe: (terms, _options, { env }) => terms.map((command) => contextOf(env).run(asText(command)).trimEnd()),
}
