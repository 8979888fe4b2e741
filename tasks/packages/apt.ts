import { arg, type Context, defineModule, type Facts, z } from '../../src/module/index.ts'
import { type AptRequest, aptProbes, planApt } from './apt/plan.ts'
import { debChanges, debProbes } from './apt/deb-file.ts'
import { aptChanged, aptError, installError } from './apt/apt-get.ts'
import { planUpkeep, type UpkeepRequest, upkeepProbes } from './apt/upkeep.ts'
import { parseSpec, type PackageSpec } from './specification.ts'
import { lines } from '../lib/program-result.ts'
import { listsTime } from './apt/package-lists.ts'

const states = ['present', 'latest', 'absent', 'build-dep', 'fixed', 'installed', 'removed'] as const

const args = z
  .strictObject({
    name: arg.list.optional().meta({
      description:
        'Packages: `name`, `name=version` (also `name=1.2*`) or `name/release`. All are handled in one run of apt-get.',
      aliases: ['package', 'pkg'],
    }),
    state: z
      .enum(states)
      .default('present')
      .describe(
        'present: installed, in whatever version; latest: the newest that apt would choose; absent: removed; build-dep: what building it needs; fixed: broken dependencies are repaired.',
      ),
    update_cache: arg.boolean
      .default(false)
      .meta({
        description:
          'Fetch the package lists first, where something is to be done or no package is named. Lists that are missing are fetched anyway.',
        aliases: ['update-cache'],
      }),
    cache_valid_time: arg.integer.default(0).describe('Seconds for which the lists are new enough. Implies update_cache.'),
    update_cache_retries: arg.integer.default(5).describe('Accepted.'),
    update_cache_retry_max_delay: arg.integer.default(12).describe('Accepted.'),
    deb: arg.path.optional().describe('Path of a .deb file on the host to install, with what it needs.'),
    upgrade: z
      .union([
        z.enum(['no', 'yes', 'safe', 'full', 'dist']),
        z.boolean().transform((on) => (on ? ('yes' as const) : ('no' as const))),
      ])
      .default('no')
      .describe('Upgrade all packages: yes or safe removes none, full or dist may.'),
    autoremove: arg.boolean
      .default(false)
      .describe('Remove packages that were installed for others and that nothing needs any more.'),
    autoclean: arg.boolean.default(false).describe('Remove outdated packages from the cache.'),
    clean: arg.boolean.default(false).describe('Empty the cache of packages.'),
    purge: arg.boolean.default(false).describe('With absent: remove the configuration files too.'),
    install_recommends: arg.boolean
      .optional()
      .meta({
        description: 'Install recommended packages too. Default: as apt is configured.',
        aliases: ['install-recommends'],
      }),
    default_release: arg.text
      .optional()
      .meta({ description: 'Release to take packages from, such as bookworm-backports.', aliases: ['default-release'] }),
    only_upgrade: arg.boolean.default(false).describe('Leave packages alone that are not installed.'),
    allow_unauthenticated: arg.boolean
      .default(false)
      .meta({ description: 'Take packages whose signature can not be checked.', aliases: ['allow-unauthenticated'] }),
    allow_downgrade: arg.boolean
      .default(false)
      .meta({
        description: 'A named version may be older than what is installed.',
        aliases: ['allow-downgrade', 'allow_downgrades', 'allow-downgrades'],
      }),
    allow_change_held_packages: arg.boolean.default(false).describe('Change packages that are on hold.'),
    fail_on_autoremove: arg.boolean.default(false).describe('Fail where installing would remove another package.'),
    force: arg.boolean
      .default(false)
      .describe('Allow downgrades, held and essential packages, and missing signatures. Dangerous.'),
    force_apt_get: arg.boolean.default(false).describe('Accepted: apt-get is always used.'),
    auto_install_module_deps: arg.boolean.default(true).describe('Accepted: no Python module is needed.'),
    dpkg_options: arg.text
      .default('force-confdef,force-confold')
      .describe('Options for dpkg, separated by commas. The default keeps changed configuration files.'),
    lock_timeout: arg.integer.default(60).describe('Seconds to wait while another program holds the lock of dpkg or apt.'),
  })
  .superRefine((value, context) => {
    for (const name of value.name ?? []) {
      const spec = parseSpec(name)
      if (typeof spec === 'string' && !isDebPath(name) && name !== '*')
        context.addIssue({ code: 'custom', path: ['name'], message: spec })
    }
    if (value.deb !== undefined && /^(https?|ftp):/.test(value.deb)) {
      context.addIssue({
        code: 'custom',
        path: ['deb'],
        message: 'expected a path on the host: fetch the file with get_url first',
      })
    }
    if (value.deb !== undefined && value.name) context.addIssue({ code: 'custom', message: 'give either name or deb, not both' })
    const work = value.name || value.deb || value.update_cache || value.cache_valid_time > 0 || value.upgrade !== 'no'
    if (!work && !value.autoremove && !value.autoclean && !value.clean && value.state !== 'fixed') {
      context.addIssue({
        code: 'custom',
        message: 'nothing to do: give name, deb, upgrade, update_cache, autoremove, autoclean or clean',
      })
    }
  })

type Args = z.output<typeof args>

const isDebPath = (name: string) => /^[./].*\.deb$/.test(name)
const asOne = (state: (typeof states)[number]) => (state === 'installed' ? 'present' : state === 'removed' ? 'absent' : state)

function aptRequest(value: Args): AptRequest {
  const state = asOne(value.state)
  const names =
    state === 'build-dep' || state === 'fixed' ? [] : (value.name ?? []).filter((name) => !isDebPath(name) && name !== '*')
  const packages = names.map(parseSpec).filter((spec): spec is PackageSpec => typeof spec !== 'string')
  return {
    ...value,
    packages,
    state: state === 'latest' || state === 'absent' ? state : 'present',
    update_cache: value.update_cache || value.cache_valid_time > 0,
  }
}

function upkeepRequest(value: Args): UpkeepRequest {
  const state = asOne(value.state)
  const all = state === 'latest' && (value.name ?? []).includes('*')
  return {
    ...value,
    upgrade: all && value.upgrade === 'no' ? 'yes' : value.upgrade,
    fixed: state === 'fixed',
    buildDep: state === 'build-dep' ? (value.name ?? []) : [],
    autoremoveAll: value.autoremove && !value.name && value.upgrade === 'no' && value.deb === undefined,
  }
}

const debPaths = (value: Args) => [...(value.deb === undefined ? [] : [value.deb]), ...(value.name ?? []).filter(isDebPath)]

/** Debian's packages. */
export default defineModule({
  name: 'apt',
  summary: 'Install, upgrade and remove packages on Debian and Ubuntu.',
  description:
    'What apt-get would do is asked from apt-get itself (`apt-get -s`), so check mode and the diff show each package that comes along. ' +
    'The lists are fetched when they are missing or do not know a name. A package that is provided by another one that is installed counts as present.',
  examples: `
- name: Install the tools
  apt:
    name: [curl, rsync, openjdk-17-jre-headless]
    cache_valid_time: 3600

- name: A certain version, without what is only recommended
  apt:
    name: nginx=1.22*
    install_recommends: false

- name: Remove a package with its configuration
  apt:
    name: telnet
    state: absent
    purge: true
`,
  args,
  returns: {
    cache_updated: 'Whether the package lists were fetched.',
    cache_update_time: 'When they were fetched last, where that is known (seconds since 1970).',
    stdout: 'What apt-get printed.',
    stdout_lines: 'The same as a list of lines.',
    stderr: 'What it complained about.',
    stderr_lines: 'The same as a list of lines.',
  },
  observe(value, known) {
    return [...aptProbes(aptRequest(value), known), ...upkeepProbes(upkeepRequest(value)), ...debProbes(debPaths(value), known)]
  },
  plan(value, facts: Facts, context: Context) {
    const named = planApt(aptRequest(value), facts, context)
    if (named.failed !== undefined) return named
    const refreshed = named.changes.some((change) => change.summary === 'update the package lists')
    const upkeep = planUpkeep(upkeepRequest(value), facts, context, refreshed)
    if (upkeep.failed !== undefined) return upkeep
    const debs = debChanges(debPaths(value), aptRequest(value), facts)
    if (typeof debs === 'string') return { changes: [], failed: debs }
    return { changes: [...named.changes, ...debs, ...upkeep.changes], result: named.result }
  },
  report(value, outcomes, facts) {
    const runs = outcomes.filter((outcome) => outcome.stdout !== undefined)
    const stdout = runs.map((outcome) => outcome.stdout).join('')
    const stderr = runs.map((outcome) => outcome.stderr ?? '').join('')
    const bad = outcomes.find((outcome) => !outcome.ok)
    const result = {
      // Of all actions, only that which sets the time of fetched lists is no run.
      cache_updated: outcomes.some((outcome) => outcome.ok && outcome.stdout === undefined),
      cache_update_time: listsTime(facts),
      stdout,
      stdout_lines: lines(stdout),
      stderr,
      stderr_lines: lines(stderr),
    }
    if (bad) {
      const failed = value.name
        ? installError(value.name, bad.stderr ?? '')
        : `apt-get failed: ${aptError(bad.stderr ?? bad.error ?? '')}`
      return { result, failed }
    }
    // Lists that had to be fetched to tell: packages that were then found to be as asked for are no change.
    const packages = runs.map((outcome) => aptChanged(outcome.stdout ?? '')).filter((changed) => changed !== undefined)
    return packages.length > 0 && packages.every((changed) => !changed) ? { result, changed: false } : { result }
  },
})
