/** Releases up to 4.1, but 3.2, which has a suite of its own. */
import { test } from 'uvu'
import { goesThrough } from './release.ts'

goesThrough("3.1.0", 3); goesThrough("4.5.0", 3)
test.run()
