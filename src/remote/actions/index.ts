/**
 * Actions as shell: each in a subshell of its own, one after the other. In: actions. Out: their script in a request, and
 * a function that reads an outcome for each from the reply.
 */
import type { Action, Outcome } from '../action.ts'
import type { HttpFact } from '../probe.ts'
import { askHttp } from '../http/curl.ts'
import type { Host } from '../probes/host.ts'
import { exports } from '../quote.ts'
import type { Reply } from '../reply.ts'
import type { Request } from '../request.ts'
import { pathBody } from './paths.ts'
import { lastLine, runBody, runOutcome } from './run.ts'
import { copyBody, uploadBody, writeBody } from './write.ts'

export interface ActSettings {
  keepGoing?: boolean
  environment?: Record<string, string>
  /** Show the output of runs that ask for it. */
  stream?: boolean
  timeout?: number
  /** Shell that comes before the first action; none is run when it empties $_go. */
  first?: string
}

/** Adds the actions to a request; the result reads their outcomes: those that were begun, in order. */
export function addActions(request: Request, actions: Action[], host: Host, settings: ActSettings): (reply: Reply) => Outcome[] {
  const refused = new Map<number, Outcome>()
  const http = new Map<number, (reply: Reply) => HttpFact>()
  let uploads = 0
  request.add('_go=1', ...(settings.first ? [settings.first] : []))
  for (const [number, action] of actions.entries()) {
    try {
      if (action.kind === 'upload') uploads++
      const body = bodyOf(action, number)
      const stream = action.kind === 'run' && action.stream === true && settings.stream === true
      request.add('if [ "$_go" ]; then', ...guarded(body, number, stream))
    } catch (error) {
      // It can't be said in shell (an argument that is too long): fails when its turn comes.
      refused.set(number, { ok: false, error: (error as Error).message })
      request.add('if [ "$_go" ]; then', `_c=1; echo "${number} 1" >>"$_R/a"; echo refused >"$_R/f${number}"`)
    }
    if (!settings.keepGoing) request.add(`case $_c in ${accepted(action)}) ;; *) _go=;; esac; [ ! -e "$_R/f${number}" ] || _go=`)
    request.add('fi')
  }

  function bodyOf(action: Action, number: number): string[] {
    switch (action.kind) {
      case 'write':
        return writeBody(request, action, number, host)
      case 'upload':
        return uploadBody(request, action, number, uploads, host)
      case 'copy':
        return copyBody(action, number, host)
      case 'run':
        return runBody(request, { ...action, env: { ...settings.environment, ...action.env } }, number, host, settings.timeout)
      case 'http': {
        const asked = askHttp(request, action.request, host)
        http.set(number, asked.read)
        return [exports(settings.environment ?? {}), asked.command, asked.succeeds(action.success)]
      }
      default:
        return pathBody(action, host)
    }
  }

  return (reply) =>
    reply.lines('a').map((line) => {
      const [number, rc] = line.split(' ').map(Number) as [number, number]
      const action = actions[number] as Action
      const known = refused.get(number)
      if (known) return known
      if (action.kind === 'run') return runOutcome(reply, action, number, rc, settings.timeout)
      if (action.kind === 'http') return httpOutcome((http.get(number) as (reply: Reply) => HttpFact)(reply), action)
      return fileOutcome(reply, action, number, rc)
    })
}

/** The body in a subshell that sees neither requests nor replies. */
function guarded(body: string[], number: number, stream: boolean): string[] {
  const [out, error] = [`"$_W/o${number}"`, `"$_W/e${number}"`]
  const shell = ['(', ...body, `) </dev/null >${out} 2>${error} 3<&- 4>&-`]
  const note = `echo "${number} $_c" >>"$_R/a"`
  if (!stream) return [...shell, `_c=$?; ${note}`]
  return [
    `: >${out}; : >${error}; {`,
    ...shell,
    `echo $? >"$_W/d${number}"; } &`,
    `_follow ${number}; wait; read -r _c <"$_W/d${number}"; ${note}`,
  ]
}

/** The pattern of return codes after which the next action runs. */
function accepted(action: Action): string {
  if (action.kind !== 'run' || action.success === undefined) return '0'
  return action.success === 'any' ? '*' : action.success.map((code) => Math.trunc(code)).join('|') || '-'
}

export function httpOutcome(http: HttpFact, action: Extract<Action, { kind: 'http' }>): Outcome {
  const { success } = action
  const ok = http.status !== 0 && (success === 'any' || (success ? success.includes(http.status) : http.status < 400))
  if (ok) return { ok, http }
  const method = action.request.method ?? 'GET'
  const where = action.secret ? 'the request' : `${method} ${withoutSecrets(action.request.url)}`
  return {
    ok,
    http,
    error:
      http.status === 0 ? `${where}: ${http.error ?? 'no answer came'}` : `${where} was answered with status ${http.status}`,
  }
}

/** A URL may carry a password; its query may carry a token. */
const withoutSecrets = (url: string) => url.replace(/\/\/[^/@]*@/, '//').replace(/\?.*$/, '')

function fileOutcome(reply: Reply, action: Action, number: number, rc: number): Outcome {
  const outcome: Outcome = { ok: rc === 0 }
  const backup = reply.text(`b${number}`)
  if (backup !== '') outcome.backup = backup
  if (outcome.ok) return outcome
  const secret = action.kind === 'write' && action.secret === true
  const refusal = reply.text(`v${number}`).trim()
  const said = lastLine(reply.text(`e${number}`)) ?? lastLine(reply.text(`o${number}`))
  if (refusal !== '') {
    const reason = secret || said === undefined ? '' : `: ${said}`
    outcome.error = `the new content was not accepted by its validation (rc ${refusal})${reason}; the file was left as it was`
  } else {
    outcome.error = said?.replace(/^sh: (\d+: )?/, '') ?? `${action.kind} failed with rc ${rc}`
  }
  return outcome
}
