import { arg, defineModule, z } from '../../src/module/index.ts'
import { lines } from '../lib/program-result.ts'
import { dnfError, dnfProbes, type DnfRequest, planDnf } from './dnf/plan.ts'

const states = ['present', 'installed', 'latest', 'absent', 'removed'] as const

const args = z
  .strictObject({
    name: arg.list
      .default([])
      .meta({
        description: "Packages: names, name-version, '@group', a path or address of an rpm; '*' with latest means all.",
        aliases: ['pkg'],
      }),
    state: z.enum(states).optional().describe('present, latest or absent. Default: present, or absent with autoremove.'),
    enablerepo: arg.list.default([]).describe('Sources to use although they are disabled.'),
    disablerepo: arg.list.default([]).describe('Sources not to use.'),
    exclude: arg.list.default([]).describe('Packages to leave alone.'),
    conf_file: arg.path.optional().describe('Configuration file of dnf.'),
    installroot: arg.path.default('/').describe('Install below this directory.'),
    releasever: arg.text.optional().describe('Release to take packages from.'),
    update_cache: arg.boolean
      .default(false)
      .meta({ description: 'Fetch the metadata anew where something is to be done.', aliases: ['expire-cache'] }),
    disable_gpg_check: arg.boolean.default(false).describe('Take packages whose signature can not be checked.'),
    validate_certs: arg.boolean.default(true).describe('Check the certificates of the sources.'),
    sslverify: arg.boolean.default(true).describe('The same.'),
    install_weak_deps: arg.boolean.default(true).describe('Install recommended packages too.'),
    allow_downgrade: arg.boolean.default(false).describe('A named version may be older than what is installed.'),
    allowerasing: arg.boolean.default(false).describe('Packages may be removed to make room.'),
    nobest: arg.boolean.optional().describe('Do not insist on the newest candidate.'),
    skip_broken: arg.boolean.default(false).describe('Leave out packages whose dependencies are broken.'),
    security: arg.boolean.default(false).describe('With latest: only upgrades that mend security.'),
    bugfix: arg.boolean.default(false).describe('With latest: only upgrades that mend faults.'),
    update_only: arg.boolean.default(false).describe('With latest: leave packages alone that are not installed.'),
    autoremove: arg.boolean
      .default(false)
      .describe('Remove packages that were installed for others and that nothing needs any more.'),
    cacheonly: arg.boolean.default(false).describe('Use only metadata that is there already.'),
    lock_timeout: arg.integer.default(30).describe('Accepted: dnf waits by itself.'),
    use_backend: arg.text.default('auto').describe('Accepted.'),
  })
  .superRefine((value, context) => {
    for (const name of value.name)
      if (name.startsWith('-')) context.addIssue({ code: 'custom', path: ['name'], message: `'${name}' is no package name` })
    if (value.name.length === 0 && !value.autoremove && !value.update_cache)
      context.addIssue({ code: 'custom', message: 'nothing to do: give name, autoremove or update_cache' })
    if (value.autoremove && value.state && value.state !== 'absent' && value.state !== 'removed') {
      context.addIssue({ code: 'custom', message: 'autoremove goes only with state: absent' })
    }
  })

type Args = z.output<typeof args>

function request(value: Args): DnfRequest {
  const state = value.state ?? (value.autoremove ? 'absent' : 'present')
  const options = [
    ...value.enablerepo.map((name) => `--enablerepo=${name}`),
    ...value.disablerepo.map((name) => `--disablerepo=${name}`),
    ...value.exclude.map((name) => `--exclude=${name}`),
    ...(value.conf_file === undefined ? [] : ['-c', value.conf_file]),
    ...(value.installroot === '/' ? [] : [`--installroot=${value.installroot}`]),
    ...(value.releasever === undefined ? [] : [`--releasever=${value.releasever}`]),
    ...(value.disable_gpg_check ? ['--nogpgcheck'] : []),
    ...(value.validate_certs && value.sslverify ? [] : ['--setopt=sslverify=False']),
    ...(value.install_weak_deps ? [] : ['--setopt=install_weak_deps=False']),
    ...(value.allowerasing ? ['--allowerasing'] : []),
    ...(value.nobest ? ['--nobest'] : []),
    ...(value.skip_broken ? ['--skip-broken'] : []),
    ...(value.security ? ['--security'] : []),
    ...(value.bugfix ? ['--bugfix'] : []),
    ...(value.cacheonly ? ['--cacheonly'] : []),
  ]
  return {
    program: 'dnf',
    names: value.name,
    state: state === 'installed' ? 'present' : state === 'removed' ? 'absent' : state,
    options,
    update_only: value.update_only,
    update_cache: value.update_cache,
    autoremove: value.autoremove,
  }
}

/** Packages of Fedora, Red Hat and their kin. */
export default defineModule({
  name: 'dnf',
  aliases: ['yum', 'dnf5'],
  summary: 'Install, upgrade and remove packages on Fedora, Red Hat and their kin.',
  examples: `
- name: Install the tools
  dnf:
    name: [curl, rsync]

- name: Upgrade all
  dnf:
    name: '*'
    state: latest
`,
  args,
  returns: { stdout: 'What dnf printed.', stdout_lines: 'The same as a list of lines.', rc: 'Return code.' },
  observe: (value, known) => dnfProbes(request(value), known),
  plan: (value, facts) => planDnf(request(value), facts),
  report(_value, outcomes) {
    const stdout = outcomes.map((outcome) => outcome.stdout ?? '').join('')
    const bad = outcomes.find((outcome) => !outcome.ok)
    const result = { stdout, stdout_lines: lines(stdout), rc: bad?.rc ?? 0 }
    return bad ? { result, failed: dnfError(bad.stderr ?? '', bad.stdout ?? '') } : { result }
  },
})
