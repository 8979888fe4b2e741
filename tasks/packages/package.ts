import { arg, type Context, defineModule, type Facts, type Plan, type Probe, probe, z } from '../../src/module/index.ts'
import { lines } from '../lib/program-result.ts'
import { type AptRequest, aptProbes, planApt } from './apt/plan.ts'
import { APT_DEFAULTS, installError } from './apt/apt-get.ts'
import { dnfError, dnfProbes, type DnfRequest, planDnf } from './dnf/plan.ts'
import { known } from '../lib/known.ts'
import { parseSpec, type PackageSpec, type PackageState } from './specification.ts'
import { MANAGERS, planSimple, simpleProbes } from './simple-managers.ts'

const states = ['present', 'installed', 'latest', 'absent', 'removed'] as const

const args = z
  .strictObject({
    name: arg.list.meta({ description: 'Names of packages, as the package manager of the host knows them.', aliases: ['pkg'] }),
    state: z.enum(states).default('present').describe('present: installed; latest: in the newest version; absent: removed.'),
    use: z
      .enum(['auto', 'apt', 'dnf', 'dnf5', 'yum', 'apk', 'zypper', 'pacman'])
      .default('auto')
      .describe('The package manager. Default: what the host has.'),
    update_cache: arg.boolean.default(false).describe('Fetch the package lists first, where something is to be done.'),
    cache_valid_time: arg.integer.default(0).describe('apt only: seconds for which the lists are new enough.'),
    install_recommends: arg.boolean.optional().describe('apt only: install recommended packages too.'),
    autoremove: arg.boolean.default(false).describe('apt only: with absent, remove what was installed only for these packages.'),
    purge: arg.boolean.default(false).describe('apt only: with absent, remove the configuration files too.'),
    allow_downgrade: arg.boolean.default(false).describe('apt only: a named version may be older than what is installed.'),
    lock_timeout: arg.integer.default(60).describe('apt only: seconds to wait while another program holds the lock.'),
  })
  .superRefine((value, context) => {
    for (const name of value.name) {
      if (name === '' || name.startsWith('-'))
        context.addIssue({ code: 'custom', path: ['name'], message: `'${name}' is no package name` })
    }
  })

type Args = z.output<typeof args>

const stateOf = (value: Args): PackageState =>
  value.state === 'installed' ? 'present' : value.state === 'removed' ? 'absent' : value.state

/** Any package tells which manager the host has. */
const managerProbe = probe.package({ name: 'coreutils' })

function manager(value: Args, facts: Facts): string | undefined {
  if (value.use !== 'auto') return value.use === 'dnf5' ? 'dnf' : value.use
  return known(facts.get(managerProbe))?.manager
}

function aptRequest(value: Args): AptRequest | string {
  const specs = value.name.map(parseSpec)
  const wrong = specs.find((spec) => typeof spec === 'string')
  if (typeof wrong === 'string') return wrong
  return {
    ...APT_DEFAULTS,
    packages: specs as PackageSpec[],
    state: stateOf(value),
    update_cache: value.update_cache || value.cache_valid_time > 0,
    cache_valid_time: value.cache_valid_time,
    install_recommends: value.install_recommends,
    autoremove: value.autoremove,
    purge: value.purge,
    allow_downgrade: value.allow_downgrade,
    lock_timeout: value.lock_timeout,
  }
}

const dnfRequest = (value: Args, program: 'dnf' | 'yum'): DnfRequest => ({
  program,
  names: value.name,
  state: stateOf(value),
  options: [],
  update_only: false,
  update_cache: value.update_cache,
  autoremove: false,
})

/** Packages, whatever manages them. */
export default defineModule({
  name: 'package',
  summary: 'Install, upgrade and remove packages with whatever package manager the host has.',
  description: 'apt, dnf, yum, apk, zypper and pacman. Names differ between distributions: a variable for each of them helps.',
  examples: `
- name: Install the tools
  package:
    name: [curl, rsync]
    state: present
`,
  args,
  returns: { stdout: 'What the package manager printed.', stdout_lines: 'The same as a list of lines.' },
  observe(value, facts): Probe[] {
    if (value.use === 'auto' && !facts.has(managerProbe)) return [managerProbe]
    const first: Probe[] = value.use === 'auto' ? [managerProbe] : []
    const name = manager(value, facts)
    if (name === 'apt') {
      const request = aptRequest(value)
      return typeof request === 'string' ? first : [...first, ...aptProbes(request, facts)]
    }
    if (name === 'dnf' || name === 'yum') return [...first, ...dnfProbes(dnfRequest(value, name), facts)]
    return name !== undefined && MANAGERS[name] ? [...first, ...simpleProbes(MANAGERS[name], value.name, stateOf(value))] : first
  },
  plan(value, facts: Facts, context: Context): Plan {
    const name = manager(value, facts)
    if (name === 'apt') {
      const request = aptRequest(value)
      return typeof request === 'string' ? { changes: [], failed: request } : planApt(request, facts, context)
    }
    if (name === 'dnf' || name === 'yum') return planDnf(dnfRequest(value, name), facts)
    if (name !== undefined && MANAGERS[name]) return planSimple(name, value.name, stateOf(value), value.update_cache, facts)
    return { changes: [], failed: 'no package manager found on the host: looked for apt-get, dnf, yum, apk, zypper and pacman' }
  },
  report(value, outcomes) {
    const stdout = outcomes.map((outcome) => outcome.stdout ?? '').join('')
    const result = { stdout, stdout_lines: lines(stdout) }
    const bad = outcomes.find((outcome) => !outcome.ok)
    if (!bad) return { result }
    const said = bad.stderr ?? ''
    return { result, failed: /^E: /m.test(said) ? installError(value.name, said) : dnfError(said, bad.stdout ?? '') }
  },
})
