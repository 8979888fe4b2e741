/** --list-tasks, --list-hosts, --list-tags and --syntax-check, as ansible-playbook prints them. */
import { inherit, nothing, selected } from '../engine/state/inherited-keywords.ts'
import type { Effective } from '../engine/state/inherited-keywords.ts'
import type { Inventory } from '../inventory/index.ts'
import type { Item, Play } from '../playbook/index.ts'

export interface ListOptions {
  tasks: boolean
  hosts: boolean
  tags: boolean
  inventory: Inventory
  selection: { tags: string[]; skipTags: string[]; limit?: string }
}

interface Listed {
  name: string
  tags: string[]
}

/** What there is to say about the plays of one playbook. */
export function listing(path: string, plays: Play[], options: ListOptions): string {
  const nothingElse = !options.tasks && !options.hosts && !options.tags
  const text = nothingElse ? [] : plays.map((play, index) => playText(play, index + 1, options))
  return `\nplaybook: ${path}\n${text.join('')}`
}

function playText(play: Play, number: number, options: ListOptions): string {
  const own = play.keywords.tags
  const lines = ['', `  play #${number} (${play.hosts}): ${play.name}\tTAGS: [${own.join(',')}]`]
  if (options.hosts) {
    const hosts = hostsOf(play, options)
    lines.push(
      `    pattern: ${JSON.stringify([play.hosts]).replaceAll('"', "'")}`,
      `    hosts (${hosts.length}):`,
      ...hosts.map((host) => `      ${host}`),
    )
  }
  if (!options.tasks && !options.tags) return `${lines.join('\n')}\n`
  const tasks = play.sections.flatMap((section) => listed(section.tasks, inherit(nothing, play.keywords), options))
  if (options.tasks)
    lines.push('    tasks:', ...tasks.map((task) => `      ${task.name}\tTAGS: [${[...task.tags].sort().join(', ')}]`))
  if (options.tags)
    lines.push(`      TASK TAGS: [${[...new Set([...own, ...tasks.flatMap((task) => task.tags)])].sort().join(', ')}]`)
  return `${lines.join('\n')}\n`
}

function hostsOf(play: Play, { inventory, selection }: ListOptions): string[] {
  return inventory.match(play.hosts, { limit: selection.limit })
}

/** The tasks that -t and --skip-tags leave, with all their tags. As in Ansible, those of rescue and always are not listed. */
function listed(items: Item[], parent: Effective, options: ListOptions): Listed[] {
  return items.flatMap((item) => {
    const effective = inherit(parent, item.keywords)
    if (item.kind === 'block') return listed(item.block, effective, options)
    if (!selected(effective.tags, options.selection.tags, options.selection.skipTags)) return []
    const role = item.role ? `${item.role.name} : ` : ''
    const action = item.kind === 'include' ? `include_${item.what}` : item.action
    return [{ name: role + (item.keywords.name ?? action), tags: effective.tags }]
  })
}
