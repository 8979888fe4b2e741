/** A secret that goes into an event comes out of no report, and not of the journal either. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createEmitter, Secrets } from '../../src/events/index.ts'
import { createJournal, createReport } from '../../src/report/index.ts'
import type { Report, ReportOptions } from '../../src/report/index.ts'
import { createAdhocReport } from '../../src/report/adhoc.ts'
import { createLiveReport } from '../../src/report/live.ts'
import { recap, result, task } from './story.ts'
import type { Plain } from './story.ts'

const directory = mkdtempSync(join(tmpdir(), 'secrecy-'))
test.after(() => rmSync(directory, { recursive: true, force: true }))

/** Everywhere a value can stand in an event. */
function leaky(value: string): Plain[] {
  const told = {
    message: `m ${value}`,
    result: {
      msg: value,
      cmd: ['x', value],
      rc: 1,
      stdout: `a\n${value}\n`,
      stderr: JSON.stringify({ value }),
      [value]: [value],
    },
    changes: [{ summary: value, diff: `--- a\n+++ b\n-${value}\n+x${value}` }],
  }
  const statuses = ['ok', 'changed', 'skipped', 'failed', 'ignored', 'unreachable'] as const
  return [
    { event: 'run', playbooks: [value], check: false, diff: true, version: '1', hosts: ['h'] },
    { event: 'play', play: value, id: 1, name: value, hosts: ['h'] },
    ...statuses.flatMap((status, index): Plain[] => [
      task(index, value, { module: status === 'ok' ? 'debug' : 'command', action: value, path: value, hosts: ['h'] }),
      { event: 'start', task: index, host: 'h' },
      { event: 'output', task: index, host: 'h', stream: 'stdout', text: value.slice(0, 3) },
      { event: 'output', task: index, host: 'h', stream: 'stdout', text: `${value.slice(3)}\n` },
      { event: 'retry', task: index, host: 'h', attempt: 1, left: 1, message: value },
      { event: 'item', task: index, item: { deep: [value] }, label: value, ...result('h', status, told) },
      { event: 'rescue', task: index, host: 'h', name: value },
      {
        event: 'result',
        task: index,
        ...result('h', status, { ...told, ...(status === 'changed' ? { unknown: value } : {}) }),
      },
    ]),
    { event: 'warning', message: value, path: value },
    { event: 'prompt', message: value },
    {
      event: 'end',
      exit: 2,
      ms: 1,
      hosts: { h: recap({ failed: 1, ok: 2 }) },
      round_trips: 1,
      stats: { [value]: value, list: [value] },
      message: value,
    },
  ]
}

const kinds: Record<string, (options: ReportOptions) => Report | Promise<Report>> = {
  plain: (options) => createReport('plain', options),
  json: (options) => createReport('json', options),
  adhoc: createAdhocReport,
  live: createLiveReport,
}

for (const [kind, create] of Object.entries(kinds)) {
  test(`nothing leaks from ${kind}`, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'grapheme', minLength: 8, maxLength: 30 }),
        fc.integer({ min: 0, max: 4 }),
        async (text, verbosity) => {
          const value = text.trim().replaceAll('*', '#')
          fc.pre(value.length >= 8 && !/^\d+$/.test(value))
          let shown = ''
          const stream = { write: (part: string, done?: () => void) => ((shown += part), done?.(), true) }
          const secrets = new Secrets()
          secrets.add(value)
          const report = await create({ verbosity, stream, color: verbosity % 2 === 0, width: 80 })
          const journal = createJournal(directory)
          const emit = createEmitter([report, journal], secrets)
          for (const event of leaky(value)) emit(event)
          journal.close()
          await report.close()
          assert.ok(shown.length > 100)
          assert.not.ok(shown.includes(value))
          const kept = readFileSync(journal.path ?? '', 'utf8')
          rmSync(journal.path ?? '')
          assert.not.ok(kept.includes(value) || kept.includes(JSON.stringify(value).slice(1, -1)))
        },
      ),
      { numRuns: 40 },
    )
  })
}

test.run()
