/** What an action says and what the probes behind it say never get mixed up. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { connectLocal, probe } from '../../src/remote/index.ts'

test('output of actions and of command probes in one request stay apart', async () => {
  const connection = connectLocal()
  const say = (text: string) => ['printf', '%s', text]
  const { outcomes, facts } = await connection.act(
    [{ kind: 'run', argv: say('action 0') }, { kind: 'run', argv: ['sh', '-c', 'echo oops >&2; exit 3'], success: 'any' }],
    { then: [probe.command({ argv: say('probe 0') }), probe.command({ argv: say('probe 1') }), probe.command({ argv: say('probe 2') })] },
  )
  assert.equal(outcomes.map(({ rc, stdout, stderr }) => ({ rc, stdout, stderr })), [{ rc: 0, stdout: 'action 0', stderr: '' }, { rc: 3, stdout: '', stderr: 'oops\n' }])
  assert.equal(facts.map((fact) => (fact as { stdout: string }).stdout), ['probe 0', 'probe 1', 'probe 2'])
  await connection.close()
})

test.run()
