/** Loop and condition of an include or a block work like those of any task: a task that does nothing stands in for it. */
import type { Block, Include, Task } from '../../playbook/index.ts'
import type { RunState } from '../state/run-state.ts'

export async function standIn(run: RunState, { position, keywords, role, directory, loop }: Block | Include): Promise<Task> {
  const { registry } = run.options
  registry.use('meta')
  await registry.load()
  return {
    kind: 'task', module: 'meta', action: 'meta', args: { free_form: 'noop' }, argsPosition: position,
    notify: [], listen: [], position, keywords, directory, ...(role ? { role } : {}), ...(loop ? { loop } : {}),
  }
}
