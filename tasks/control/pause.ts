import { arg, defineModule, type Plan, z } from '../../src/module/index.ts'

const args = z
  .strictObject({
    seconds: arg.number.optional().describe('Seconds to wait.'),
    minutes: arg.number.optional().describe('Minutes to wait.'),
    prompt: arg.text.optional().describe('Text to show; without a time an answer is awaited.'),
    echo: arg.boolean.default(true).describe('Show what is typed.'),
  })
  .superRefine((value, context) => {
    if (value.seconds !== undefined && value.minutes !== undefined)
      context.addIssue({ code: 'custom', message: 'give either seconds or minutes, not both' })
  })

/** Waits. */
export default defineModule({
  name: 'pause',
  changes: false,
  summary: 'Wait for some time, or for the person at the keyboard.',
  examples: `
- name: Let the caches fill
  pause:
    seconds: 10

- name: A last look
  pause:
    prompt: Press enter when the load balancer is switched
`,
  args,
  runOnce: true,
  returns: { user_input: 'What was typed.', echo: 'As given.' },
  observe: () => [],
  plan(value): Plan {
    const given = value.seconds ?? (value.minutes === undefined ? undefined : value.minutes * 60)
    const seconds = given === undefined ? undefined : Math.max(0, given)
    const pause = {
      ...(seconds === undefined ? {} : { seconds }),
      ...(value.prompt === undefined ? {} : { prompt: value.prompt }),
      echo: value.echo,
    }
    return { changes: [], result: { echo: value.echo }, engine: { pause } }
  },
})
