/** How the JDBC client is called: the request on standard input, in front of the jar, and nothing secret in argv. */
import { Buffer } from 'node:buffer'
import { DIALECTS, urlOf } from '../dialects.ts'
import type { Engine } from '../sql.ts'
import { clientJar } from './client-jar.ts'

/** What stands in for psql or mysql. */
export interface Jdbc {
  /** Path of the driver's jar on the host. */
  driver: string
  driverClass: string
  /** Instead of what host, port and database make. */
  url?: string
  /** Of the URL that is made. */
  options: string[]
  /** The program. */
  java: string
  /** What this JVM trusts: a keystore on the host. */
  truststore?: { path: string; password: string }
}

/** Names and values, in the order in which the client takes them; see JdbcClient.java. */
export type Fields = [string, string][]

export interface Where {
  engine: Engine
  jdbc: Jdbc
  /** host:port. */
  place: string
  database: string
  user?: string
  password?: string
}

// It lives for a moment, and leaves no file behind. A Java that does not know one of these ignores it.
const JVM = ['-Xmx96m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-XX:-UsePerfData', '-Duser.language=en', '-Duser.country=US']

/** /dev/stdin is the file in which the host keeps what was sent for this program; a jar may have something in front. */
export function jdbcArgv(jdbc: Jdbc): string[] {
  return [jdbc.java, ...JVM, '-cp', '/dev/stdin', 'JdbcClient']
}

export function jdbcRequest(where: Where, actions: Fields): Uint8Array {
  const { engine, jdbc, place, database, user, password } = where
  const fields: Fields = [
    ['driver', jdbc.driver],
    ['class', jdbc.driverClass],
    ['url', jdbc.url ?? urlOf(engine, place, database, jdbc.options)],
    // Another driver than the vendor's may refuse what it does not know.
    ...Object.entries(jdbc.driverClass === DIALECTS[engine].driver ? DIALECTS[engine].patience : {}).map(([name, value]): Fields[number] => [`property.${name}`, value]),
    ...(user === undefined ? [] : ([['property.user', user]] as Fields)),
    ...(password === undefined ? [] : ([['property.password', password]] as Fields)),
    ...(jdbc.truststore
      ? ([
          ['system.javax.net.ssl.trustStore', jdbc.truststore.path],
          ['system.javax.net.ssl.trustStorePassword', jdbc.truststore.password],
        ] as Fields)
      : []),
    ...(engine === 'mysql' ? ([['escapes', '']] as Fields) : []),
    ...actions,
  ]
  const head = fields.flatMap(([name, value]) => [Buffer.from(`${name} ${Buffer.byteLength(value)}\n`), Buffer.from(value)])
  // No Buffer: questions are compared by their bytes.
  return new Uint8Array(Buffer.concat([Buffer.from(`${fields.length}\n`), ...head, clientJar()]))
}
