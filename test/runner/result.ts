/** Reads uvu's closing lines, adds them up and shows what failed. */
import type { Ended, Job } from './job.ts'

export class Total {
  passed = 0
  failed = 0

  /** A file that ends badly, or without these lines, counts as one failure at least. */
  add(job: Job, { code, output, seconds }: Ended): void {
    const number = (word: string) => Number([...output.matchAll(new RegExp(`^\\s*${word}:\\s+(\\d+)`, 'gm'))].at(-1)?.[1] ?? 0)
    const all = number('Total')
    const passed = number('Passed')
    const failed = code === 0 && all > 0 ? all - passed : Math.max(1, all - passed)
    this.passed += passed
    this.failed += failed
    console.log(`${failed ? 'FAIL' : 'ok  '} ${job.title} (${passed}/${all}, ${seconds.toFixed(1)} s)`)
    if (failed) console.log(output.split('\n').slice(-120).join('\n'))
  }
}
