/** Package managers that need no more than three commands each: apk, zypper and pacman. */
import { type Facts, type Plan, type Probe, probe } from '../../src/module/index.ts'
import { known } from '../lib/known.ts'
import { nameList, packageEffects, type PackageState } from './specification.ts'

interface Manager {
  install: string[]
  upgrade: string[]
  remove: string[]
  refresh: string[]
  /** Lists what a newer version exists for; one line for each, with the name in it. */
  outdated: string[]
  database: string
}

export const MANAGERS: Record<string, Manager> = {
  apk: {
    install: ['apk', 'add', '--no-progress'],
    upgrade: ['apk', 'add', '--no-progress', '--upgrade'],
    remove: ['apk', 'del', '--no-progress'],
    refresh: ['apk', 'update'],
    outdated: ['apk', 'version', '-q', '-l', '<'],
    database: '/lib/apk/db/installed',
  },
  zypper: {
    install: ['zypper', '--non-interactive', 'install', '--'],
    upgrade: ['zypper', '--non-interactive', 'update', '--'],
    remove: ['zypper', '--non-interactive', 'remove', '--'],
    refresh: ['zypper', '--non-interactive', 'refresh'],
    outdated: ['zypper', '--non-interactive', '--quiet', 'list-updates'],
    database: '/var/lib/rpm',
  },
  pacman: {
    install: ['pacman', '--noconfirm', '-S', '--needed'],
    upgrade: ['pacman', '--noconfirm', '-S', '--needed'],
    remove: ['pacman', '--noconfirm', '-R'],
    refresh: ['pacman', '--noconfirm', '-Sy'],
    outdated: ['pacman', '-Qu'],
    database: '/var/lib/pacman/local',
  },
}

const outdatedProbe = (manager: Manager) => probe.command({ argv: manager.outdated, reads: [manager.database], timeout: 120 })

export function simpleProbes(manager: Manager, names: string[], state: PackageState): Probe[] {
  return [...names.map((name) => probe.package({ name })), ...(state === 'latest' ? [outdatedProbe(manager)] : [])]
}

export function planSimple(name: string, names: string[], state: PackageState, refresh: boolean, facts: Facts): Plan {
  const manager = MANAGERS[name]!
  const installed = (one: string) => known(facts.get(probe.package({ name: one })))?.installed !== undefined
  const outdated = (one: string) => state === 'latest' && mentions(known(facts.get(outdatedProbe(manager)))?.stdout, one)
  const open = state === 'absent' ? names.filter(installed) : names.filter((one) => !installed(one) || outdated(one))
  if (open.length === 0) return { changes: [] }
  const verb = state === 'absent' ? 'remove' : open.every(installed) ? 'upgrade' : 'install'
  const list = open.map((one) => ({ name: one }))
  const transaction = state === 'absent' ? { install: [], remove: list } : { install: list, remove: [] }
  const first = refresh && state !== 'absent' ? [{ kind: 'run' as const, argv: manager.refresh, complete: true }] : []
  return {
    changes: [
      {
        summary: `${verb} ${nameList(open)}`,
        actions: [
          ...first,
          {
            kind: 'run',
            argv: [...manager[verb], ...open],
            stream: true,
            makes: packageEffects(name, transaction, manager.database),
          },
        ],
      },
    ],
  }
}

/** Is the name one of the words (also as name-1.2-r3, which is how apk writes it). */
function mentions(listing: string | undefined, name: string): boolean {
  if (listing === undefined) return true
  return listing.split(/\s+/).some((word) => word === name || word.replace(/-[^-]+-r\d+$/, '') === name)
}
