/** Names of imports that hold templates of what is known before the run: role_path, playbook_dir, extra vars. */
import type { Reading } from './reading.ts'
import { isTemplate } from './mapping.ts'

/** The text without templates; undefined if one of them is only known in the run. */
export function staticText(text: string, reading: Reading): string | undefined {
  let known = true
  const result = text.replace(/\{\{\s*([A-Za-z_]\w*)\s*\}\}/g, (_, name: string) => {
    const value = variable(name, reading)
    if (value === undefined) known = false
    return value ?? ''
  })
  return known && !isTemplate(result) ? result : undefined
}

function variable(name: string, { role, playbookDir, vars, context }: Reading): string | undefined {
  if (name === 'role_path') return role?.path
  if (name === 'role_name') return role?.name
  if (name === 'playbook_dir') return playbookDir
  const value = Object.hasOwn(context.extraVars, name)
    ? context.extraVars[name]
    : Object.hasOwn(vars, name)
      ? vars[name]
      : undefined
  return (typeof value === 'string' && !isTemplate(value)) || typeof value === 'number' ? String(value) : undefined
}
