/** Plans of package managers on made-up answers: no host is asked. */
import type { Fact, Plan, Probe } from '../../../src/module/index.ts'
import type { AnyModule } from '../harness.ts'
import { planWith } from '../harness/made-up.ts'

/** Observes with made-up answers: by kind and name, or by what the command starts with. */
export function planned(
  module: AnyModule,
  raw: Record<string, unknown>,
  answers: {
    installed?: Record<string, string>
    manager?: string
    commands?: Record<string, { rc?: number; stdout?: string; stderr?: string }>
  },
): Plan {
  return planWith(module, raw, answer)

  function answer(probe: Probe): Fact {
    if (probe.kind === 'package') return { manager: answers.manager ?? 'apt', installed: answers.installed?.[probe.name] }
    if (probe.kind === 'file') return { exists: false }
    if (probe.kind !== 'command') throw new Error(`unexpected ${probe.kind}`)
    const line = probe.argv.join(' ')
    const found = Object.entries(answers.commands ?? {}).find(([words]) =>
      words.split(' ').every((word) => ` ${line} `.includes(` ${word} `)),
    )?.[1]
    return { found: true, rc: 0, stdout: '', stderr: '', ...found }
  }
}
export const lists = { 'find /var/lib/apt/lists': { stdout: '/var/lib/apt/lists/x_Packages\n' } }
