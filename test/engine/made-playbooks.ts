/** Random playbooks over random starting trees, for the property tests of the engine. */
import fc from 'fast-check'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { hostileName, hostileText } from '../tasks/harness/hostile.ts'

/** A value as YAML on one line; texts are what they are, never templates. */
export function literal(value: unknown): string {
  if (typeof value === 'string') return `!unsafe ${quoted(value)}`
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  if (value !== null && typeof value === 'object') return mapping(Object.fromEntries(Object.entries(value).map(([key, each]) => [key, literal(each)])))
  return JSON.stringify(value)
}

/** JSON's quotes, for all that YAML does not take as it is. */
const quoted = (text: string) =>
  JSON.stringify(text).replace(/[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** Values that are YAML already. */
const mapping = (values: Record<string, string>) => `{ ${Object.entries(values).map(([key, each]) => `${quoted(key)}: ${each}`).join(', ')} }`

type Start = { kind: 'none' } | { kind: 'file'; text: string } | { kind: 'directory' } | { kind: 'dangling' }
/** Makes the tasks for a target, given its path and a name for what it registers. */
type Made = (path: string, name: string) => string[]
interface Target { name: string; start: Start; made: Made }

const start: fc.Arbitrary<Start> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Start>({ kind: 'none' }) },
  { weight: 4, arbitrary: hostileText.map((text): Start => ({ kind: 'file', text })) },
  { weight: 1, arbitrary: fc.constant<Start>({ kind: 'directory' }) },
)
const mode = fc.constantFrom('0644', '0600', 'u=rw,g=r,o=')
const line = hostileText.map((text) => text.replace(/[\r\n\u0085\u2028\u2029\v\f\x1c-\x1e]/g, ' '))
const task = (module: string, args: Record<string, unknown>, more: Record<string, string> = {}) =>
  mapping({ name: JSON.stringify(module), [module]: literal(args), ...more })

const made: fc.Arbitrary<Made> = fc.oneof(
  fc.tuple(hostileText, mode).map(([content, mode]): Made => (dest) => [task('copy', { content, dest, mode })]),
  fc.constantFrom({ state: 'directory' }, { state: 'absent' }, { state: 'file', mode: '0600' }, { state: 'link', src: '/tmp', force: true })
    .map((args): Made => (path) => [task('file', { path, ...args })]),
  fc.tuple(line, fc.constantFrom('present', 'absent')).map(([line, state]): Made => (path) => [task('lineinfile', { path, line, state, create: state === 'present' })]),
  hostileText.map((block): Made => (path) => [task('blockinfile', { path, block, create: true })]),
  hostileText.map((text): Made => (path) => [task('replace', { path, regexp: '[aeiou]', replace: text.replace(/[aeiou\\]/g, 'X') })]),
  fc.tuple(line, fc.integer()).map(([text, number]): Made => (path) => [task('toml', { path, values: { 'a key': text, t: { number, list: [text] } }, create: true })]),
  fc.array(hostileText, { minLength: 1, maxLength: 3 }).map((texts): Made => (path) => [
    mapping({
      name: '"loop"',
      copy: mapping({ dest: `!unsafe ${quoted(path)}`, content: '"{{ item }}"' }).replace(/"dest": !unsafe ("(?:[^"\\]|\\.)*")/, (_, text: string) => `"dest": ${text.slice(0, -1)}.{{ at }}"`),
      loop: literal(texts),
      loop_control: '{ index_var: at }',
    }),
  ]),
  fc.tuple(hostileText, fc.boolean()).map(([content, first]): Made => (path, name) => [
    ...(first ? [task('copy', { content: 'first', dest: path, force: false })] : []),
    mapping({ name: '"look"', stat: literal({ path }), register: name }),
    mapping({ name: '"if there"', copy: literal({ content, dest: `${path}.copy` }), when: JSON.stringify(`${name}.stat.exists`) }),
    mapping({ name: '"if not"', file: literal({ path: `${path}.none`, state: 'directory' }), when: JSON.stringify(`not ${name}.stat.exists`) }),
  ]),
)

// A template in a path would be carried out by the loop above.
const name = hostileName.filter((text) => !/[{}]/.test(text))
export const playbooks = fc.array(fc.record({ name, start, made }), { minLength: 1, maxLength: 6 })

/** Makes the starting tree and gives the playbook. */
export function lay(targets: Target[], directory: string): string {
  const tasks = targets.flatMap(({ name, start, made }, index) => {
    const path = join(directory, String(index), name)
    mkdirSync(dirname(path), { recursive: true })
    if (start.kind === 'file') writeFileSync(path, start.text)
    else if (start.kind === 'directory') mkdirSync(path)
    else if (start.kind === 'dangling') symlinkSync('/nowhere', path)
    return made(path, `look${index}`)
  })
  return `- hosts: all\n  gather_facts: false\n  ignore_errors: true\n  tasks:\n${tasks.map((each) => `    - ${each}\n`).join('')}`
}
