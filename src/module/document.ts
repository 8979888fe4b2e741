/** The documentation of modules as Markdown, from their schemas. */
import type { TaskModule } from './contract.ts'
import { type Argument, argumentsOf, choicesOf, defaultOf, membersOf, typeName } from './schema.ts'

/** The page of one module. */
export function documentModule(module: TaskModule): string {
  const full = `${module.collection ?? 'ansible.builtin'}.${module.name}`
  const aliases = module.aliases?.length ? `; also known as ${module.aliases.map(code).join(', ')}` : ''
  const parts = [`# ${module.name}`, module.summary, `Full name: ${code(full)}${aliases}.`]
  if (module.description) parts.push(module.description.trim())
  parts.push('## Arguments', argumentTable(module))
  if (module.freeForm) parts.push(`The text in \`${module.name}: text\` is the argument \`${module.freeForm}\`.`)
  if (module.openArgs) parts.push('Arguments of any other name are taken as well.')
  parts.push('## Examples', `\`\`\`yaml\n${module.examples.trim()}\n\`\`\``)
  if (module.returns && Object.keys(module.returns).length > 0) {
    const rows = Object.entries(module.returns).map(([name, text]) => `| \`${name}\` | ${cell(text)} |`)
    parts.push('## What `register` sees', ['| name | meaning |', '| --- | --- |', ...rows].join('\n'))
  }
  if (module.converges === false)
    parts.push('What it does leaves nothing that could be observed, so there is no second look after it ran.')
  return `${parts.join('\n\n')}\n`
}

/** The page that lists all modules; `link` makes the address of a module's page. */
export function documentIndex(
  modules: TaskModule[],
  link: (module: TaskModule) => string = (module) => `${module.name}.md`,
): string {
  const sorted = [...modules].sort((a, b) => (a.name < b.name ? -1 : 1))
  const rows = sorted.map((module) => `| [${module.name}](${link(module)}) | ${cell(module.summary)} |`)
  return `# Task modules\n\n${['| module | what it does |', '| --- | --- |', ...rows].join('\n')}\n`
}

function argumentTable(module: TaskModule): string {
  const all = argumentsOf(module.args)
  if (all.length === 0) return 'None.'
  const rows = all.flatMap((one) => withMembers(one)).map(
    (one) => `| ${nameCell(one)} | ${cell(typeCell(one))} | ${defaultCell(one)} | ${cell(one.description)} |`,
  )
  return ['| name | type | default | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n')
}

/** The argument, and below it the keys of the mapping (or list of mappings) that it takes, as `key_pair.alias`. */
function withMembers(one: Argument): Argument[] {
  const members = membersOf(one.schema).map((member) => ({ ...member, name: `${one.name}.${member.name}` }))
  return [one, ...members.flatMap(withMembers)]
}

function nameCell(one: Argument): string {
  const aliases = one.aliases.length > 0 ? `<br>(also ${one.aliases.map((alias) => `\`${alias}\``).join(', ')})` : ''
  return `\`${one.name}\`${aliases}`
}

function typeCell(one: Argument): string {
  const choices = choicesOf(one.schema)
  const type = choices ? either(choices.map(code)) : typeName(one.schema)
  return one.secret ? `${type} (secret)` : type
}

function defaultCell(one: Argument): string {
  if (one.required) return '**required**'
  const value = defaultOf(one.schema)
  return value === undefined ? '' : `\`${cell(JSON.stringify(value))}\``
}

/** 'a, b or c'. */
function either(words: string[]): string {
  const last = words.at(-1) ?? ''
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`
}

function code(text: string): string {
  return `\`${text}\``
}

/** Text that is safe inside a table. */
function cell(text: string): string {
  // Outside of code, <name> would be taken for HTML and vanish.
  const parts = text.split(/(`[^`]*`)/).map((part, index) => (index % 2 ? part : part.replaceAll('<', '&lt;')))
  return parts.join('').replaceAll('|', '\\|').replaceAll('\n', ' ').trim()
}
