/** `loop`, `with_X` and `loop_control`. */
import { didYouMean } from '../text/similar.ts'
import { copyPosition, InputError, setPosition } from '../yaml/index.ts'
import { readConditions } from './keywords.ts'
import { expectMapping, isTemplate, isVariableName, keyPlace, kindOf, type Mapping, placeOf } from './mapping.ts'
import type { Loop } from './model.ts'

const controls = ['loop_var', 'index_var', 'label', 'pause', 'extended', 'extended_allitems', 'break_when']

export function readLoop(from: Mapping): Loop | undefined {
  const keys = Object.keys(from).filter((key) => key === 'loop' || key.startsWith('with_'))
  const [key] = keys
  if (key === undefined) {
    if (from.loop_control !== undefined)
      throw new InputError('`loop_control` without a loop', { position: keyPlace(from, 'loop_control') })
    return undefined
  }
  if (keys.length > 1)
    throw new InputError(`two loops at one task: \`${key}\` and \`${keys[1]}\``, { position: keyPlace(from, keys[1]!) })
  if (key === 'loop' && !Array.isArray(from.loop) && !isTemplate(from.loop)) {
    throw new InputError(`loop: expected a list, got ${kindOf(from.loop)}`, {
      position: placeOf(from, 'loop'),
      hint: typeof from.loop === 'string' ? 'a variable needs braces: "{{ name }}"' : 'its items begin with `- `',
    })
  }
  const control = expectMapping(from, 'loop_control')
  for (const name of Object.keys(control)) {
    if (controls.includes(name)) continue
    const near = didYouMean(name, controls)
    throw new InputError(`loop_control has no \`${name}\``, {
      position: keyPlace(control, name),
      hint: near ? `did you mean \`${near}\`?` : `it has: ${controls.join(', ')}`,
    })
  }
  const loop: Loop = {
    position: placeOf(from, key),
    kind:
      key === 'loop'
        ? 'loop'
        : { lookup: key.slice('with_'.length).replace(/^(ansible\.(builtin|legacy)|community\.general)\./, '') },
    value: from[key],
    loopVar: variable(control, 'loop_var') ?? 'item',
  }
  setPosition(loop, from, key)
  copyPosition(from, key, loop, 'value')
  const indexVar = variable(control, 'index_var')
  if (indexVar !== undefined) loop.indexVar = indexVar
  for (const name of ['label', 'pause', 'extended'] as const) {
    if (control[name] === undefined) continue
    loop[name] = control[name]
    copyPosition(control, name, loop)
  }
  if (control.break_when !== undefined) loop.breakWhen = readConditions(control, 'break_when')
  return loop
}

function variable(control: Mapping, key: string): string | undefined {
  const value = control[key]
  if (value === undefined || value === null) return undefined
  if (isVariableName(value)) return value
  throw new InputError(`${key}: expected the name of a variable, got ${kindOf(value)}`, {
    position: placeOf(control, key),
    hint: 'letters, digits and _, without {{ }}',
  })
}
