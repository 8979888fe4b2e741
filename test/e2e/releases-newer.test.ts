/** Releases from 4.3 on; 4.2 has a suite of its own, and 4.4 that of verify.yaml. */
import { test } from 'uvu'
import { goesThrough } from './release.ts'

for (const version of ['4.3.0', '4.5.0', '4.6.0', '4.7.0']) goesThrough(version, { nodes: version === '4.5.0' ? 3 : 2, moesif: version === '4.6.0' })
test.run()
