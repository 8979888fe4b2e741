import type { FilterTable } from '../../runtime/plugins.ts'
import { dataFilters } from './data.ts'
import { dateFilters } from './dates.ts'
import { dictFilters } from './dicts.ts'
import { hashFilters } from './hashing.ts'
import { listFilters } from './lists.ts'
import { networkFilters } from './network.ts'
import { numberFilters } from './numbers.ts'
import { pathFilters } from './paths.ts'
import { selectFilters } from './select.ts'
import { stringFilters } from './strings.ts'

/** All filters, by their short names. */
export function builtinFilters(): FilterTable {
  return new Map(Object.entries({
    ...stringFilters, ...listFilters, ...selectFilters, ...dictFilters, ...dataFilters,
    ...numberFilters, ...pathFilters, ...hashFilters, ...dateFilters, ...networkFilters,
  }))
}
