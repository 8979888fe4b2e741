/** Releases up to 4.1, but 3.2, which has a suite of its own. */
import { test } from 'uvu'
import { goesThrough } from './release.ts'

for (const version of ['3.0.0', '3.1.0', '4.0.0', '4.1.0']) goesThrough(version, { nodes: version === '3.1.0' ? 3 : 2 })
test.run()
