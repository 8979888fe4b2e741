/** `schema`: is the schema of a script there, and may it be loaded. */
import { type Context, type Facts, type Plan, type Probe, probe, Unknown } from '../../src/module/index.ts'
import { loginOf, query, rows, where, type Login } from './client.ts'
import { databaseError } from './errors.ts'
import { few, loadFailure, partial, stoppedEarlier } from './load-failure.ts'
import { databaseProbe, load, MARKER, tablesProbe, type Wanted } from './load-script.ts'
import { missingRights, rightsQuestion } from './rights.ts'
import { readScript, type Script } from './script.ts'

export function observeSchema(wanted: Wanted, facts: Facts): Probe[] {
  const login = loginOf(wanted.engine, wanted)
  const rights = rightsProbe(login, wanted)
  const tables = tablesProbe(login, wanted)
  return [scriptProbe(wanted), tables, databaseProbe(login, wanted), ...(rights && isToLoad(wanted, facts, tables) ? [rights] : [])]
}

function scriptProbe(wanted: Wanted): Probe<'file'> {
  return probe.file({ path: wanted.script, follow: true, checksum: true, content: true })
}

/** Only an account that is about to load something needs rights. */
function isToLoad(wanted: Wanted, facts: Facts, tables: Probe<'command'>): boolean {
  if (!facts.has(tables) || !facts.has(scriptProbe(wanted))) return false
  const [there, file] = [facts.get(tables), facts.get(scriptProbe(wanted))]
  if (there instanceof Unknown || there.rc !== 0 || file instanceof Unknown || !file.content) return false
  const present = presentTables(wanted, there)
  return !readScript(file.content, wanted.engine).tables.some((name) => present.has(name))
}

const presentTables = (wanted: Wanted, fact: { stdout: string }) => new Set(rows(wanted.engine, fact).map((row) => row[0]!.toLowerCase()))

function rightsProbe(login: Login, wanted: Wanted): Probe<'command'> | undefined {
  const sql = login.jdbc && rightsQuestion(wanted.engine)
  return sql === undefined ? undefined : query(login, sql, { database: wanted.database })
}

export function planSchema(wanted: Wanted, facts: Facts, context: Context): Plan {
  const login = loginOf(wanted.engine, wanted)
  // A database that will be made is empty. If only the account will change, what it holds can't be told yet.
  const anew = facts.get(databaseProbe(login, wanted)) instanceof Unknown
  const tables = anew ? facts.get(tablesProbe(login, wanted)) : facts.need(tablesProbe(login, wanted))
  const refused = context.outcomes?.find((outcome) => outcome.rc !== undefined && outcome.rc !== 0)
  const error = tables instanceof Unknown ? undefined : databaseError(login, tables)
  if (error) return { changes: [], failed: refused ? loadFailure(wanted, login, refused, [], undefined) : error }
  const present = tables instanceof Unknown ? new Set<string>() : presentTables(wanted, tables)
  if (wanted.sentinel && present.has(wanted.sentinel.toLowerCase()) && !present.has(MARKER)) return done(wanted, [], present)

  const file = facts.get(scriptProbe(wanted))
  if (file instanceof Unknown) {
    // The pack that holds the script is still to be unpacked: into an empty database it will be loaded.
    if (present.size === 0) return { changes: [load(wanted, login, undefined)], result: {} }
    facts.need(scriptProbe(wanted))
  }
  const content = (file as { content?: Uint8Array }).content
  if (content === undefined)
    return {
      changes: [],
      failed: `there is no script ${wanted.script} on the host: unpack the pack first, or correct the path`,
    }
  const script = readScript(content, wanted.engine)
  const expected = [...new Set([...script.tables, ...wanted.expect.map((name) => name.toLowerCase())])]
  if (expected.length === 0 && !wanted.sentinel) {
    return { changes: [], failed: `${wanted.script} makes no table: name one that is there after loading it with sentinel` }
  }
  const { result } = done(wanted, expected, present)
  if (refused) return { changes: [], result, failed: loadFailure(wanted, login, refused, expected, present) }
  return { ...judge(wanted, login, script, expected, present, facts), result }
}

/** None of the tables is there, or all, or some. */
function judge(wanted: Wanted, login: Login, script: Script, expected: string[], present: Set<string>, facts: Facts): Plan {
  const missing = expected.filter((name) => !present.has(name))
  if (present.has(MARKER)) return { changes: [], failed: stoppedEarlier(wanted, login, expected, present) }
  if (missing.length === 0 && expected.length > 0) return { changes: [] }
  if (missing.length < expected.length) return { changes: [], failed: partial(wanted, login, expected, present) }
  const lost = script.drops.filter((name) => present.has(name))
  if (lost.length > 0)
    return {
      changes: [],
      failed: `${wanted.script} would drop ${few(lost)}, which ${wanted.database} holds: load it into a database of its own`,
    }
  const rights = rightsOf(wanted, login, script, facts)
  if (rights.failed) return { changes: [], failed: rights.failed }
  return { changes: [load(wanted, login, script)], ...(rights.warning && { warnings: [rights.warning] }) }
}

function rightsOf(wanted: Wanted, login: Login, script: Script, facts: Facts): { failed?: string; warning?: string } {
  const question = rightsProbe(login, wanted)
  if (!question || !facts.has(question)) return {}
  const fact = facts.get(question)
  if (fact instanceof Unknown) return {}
  const error = databaseError(login, fact)
  if (error) return { warning: `which rights ${login.user} has could not be looked at: ${error}` }
  const missing = missingRights(wanted.engine, rows(wanted.engine, fact).map((row) => row[0]!.trim()), script.creates)
  if (missing.length === 0) return {}
  return {
    failed: `${login.user} at ${where(login)} lacks ${missing.join(', ')}, which ${wanted.script} needs: let an administrator grant it; nothing was loaded`,
  }
}

function done(wanted: Wanted, expected: string[], present: Set<string>): Plan {
  const missing = expected.filter((name) => !present.has(name))
  return {
    changes: [],
    result: {
      database: wanted.database,
      script: wanted.script,
      tables: expected.length,
      present: expected.length - missing.length,
      missing,
    },
  }
}
