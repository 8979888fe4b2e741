/** Whether a condition can hold at all, as far as that is known before the run. */
import { createTemplar, type Scope, Unknown } from '../../template/index.ts'
import type { Located } from '../model.ts'
import { type NameScope, valueOf } from './scope.ts'

const templar = createTemplar()
const enough = 50

/** False only if the conditions are certainly false on every host. */
export function mayRun(conditions: Located<unknown>[], scope: NameScope): boolean {
  if (conditions.length === 0) return true
  const { hosts } = scope.shared
  if (hosts.length === 0 || hosts.length > enough) return true
  return hosts.some(({ name, layers }) => {
    const lookup = hostScope(
      scope,
      name,
      layers.map(({ vars }) => vars),
    )
    return conditions.every(({ value }) => holds(value, lookup))
  })
}

function holds(condition: unknown, scope: Scope): boolean {
  try {
    return templar.condition(condition, scope) !== false
  } catch {
    return true
  }
}

/** Names as one host sees them; what is only known in the run is Unknown. */
function hostScope(scope: NameScope, host: string, layers: Record<string, unknown>[]): Scope {
  return {
    lookup(name) {
      if (name === 'inventory_hostname') return { value: host, template: false }
      const found = scope.find(name)
      if (!found) return undefined
      if (found.opaque) return { value: new Unknown('known in the run'), template: false }
      const layer = found.definitions.length > 1 ? layers.findLast((vars) => Object.hasOwn(vars, name)) : undefined
      const definition = layer
        ? { container: layer, key: name }
        : (found.definitions.find(({ container }) => layers.includes(container)) ?? found.definitions[0]!)
      return { value: valueOf(definition), template: true }
    },
    names: () => scope.names(),
  }
}
