/**
 * All that templates can call, in tables by short names. In: plain data, or lazy values where a plugin asks for them. Out:
 * values. A filter or test is one line in its table; what several use stands beside the tables.
 */
export { builtinFilters } from './filters/index.ts'
export { globals } from './globals.ts'
export { builtinLookups, lookupPlugin } from './lookups/index.ts'
export { builtinTests } from './tests.ts'
