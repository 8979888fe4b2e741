/** Values and names as SQL text: the one place where SQL is quoted, for each dialect. */

export type Engine = 'postgresql' | 'mysql' | 'mssql' | 'oracle' | 'db2'

/** A string literal. */
export function literal(engine: Engine, value: string): string {
  refuseNul(value)
  if (engine === 'postgresql') return postgresLiteral(value)
  return engine === 'mysql' ? mysqlLiteral(value) : `'${value.replaceAll("'", "''")}'`
}

/** A name (database, role, table), always quoted. */
export function identifier(engine: Engine, name: string): string {
  refuseNul(name)
  return engine === 'mysql' ? `\`${name.replaceAll('`', '``')}\`` : `"${name.replaceAll('"', '""')}"`
}

/** A MySQL account: 'user'@'host'. */
export function account(name: string, host: string): string {
  return `${mysqlLiteral(name)}@${mysqlLiteral(host)}`
}

/** What every script for MySQL starts with: quoting must mean what this file thinks it means, whatever the server's mode is. */
export const MYSQL_PROLOGUE = "SET SESSION sql_mode = '';\n"

/** E'' makes backslashes escapes whatever standard_conforming_strings says. */
function postgresLiteral(value: string): string {
  const quoted = value.replaceAll("'", "''")
  return value.includes('\\') ? `E'${quoted.replaceAll('\\', '\\\\')}'` : `'${quoted}'`
}

/** Line ends are escaped too, so that no line of a value looks like a command of the client. */
function mysqlLiteral(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''").replaceAll('\n', '\\n').replaceAll('\r', '\\r')}'`
}

function refuseNul(value: string): void {
  if (value.includes('\0')) throw new Error('a name or value for a database must not hold a NUL byte')
}
