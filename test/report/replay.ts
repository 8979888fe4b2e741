/** Shows the story in a report, at a given pace: `replay.ts KIND VERBOSITY CHECK PAUSE_MS`. Run by the tests in a terminal. */
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { createEmitter, Secrets } from '../../src/events/index.ts'
import { createReport } from '../../src/report/index.ts'
import type { ReportKind } from '../../src/report/index.ts'
import { story } from './story.ts'

const [kind = 'plain', verbosity = '0', check = 'no', pause = '0'] = process.argv.slice(2)
const color = process.stdout.isTTY === true && !process.env['NO_COLOR']
const report = await createReport(kind as ReportKind, { verbosity: Number(verbosity), stream: process.stdout, color })
const emit = createEmitter([report], new Secrets())
for (const event of story(check === 'check')) {
  emit(event)
  if (Number(pause) > 0 && ['start', 'output', 'retry', 'item'].includes(event.event)) await sleep(Number(pause))
}
await report.close()
