/** What differs between the kinds of servers: ports, drivers, URLs, and what undoes a schema that was loaded in part. */
import type { Engine } from './sql.ts'

export interface Dialect {
  port: number
  /** Class of the vendor's JDBC driver. */
  driver: string
  /** How long its driver may try to connect, in its own words. */
  patience: Record<string, string>
  /** Where the driver finds a database; '' for none, where there is such a thing. */
  url(place: string, database: string): string
  /** How options stand behind that: what begins, parts and ends them. */
  options: [string, string, string]
  /** Making a table can be undone: a script is loaded as a whole or not at all. */
  whole: boolean
  /** Type of a column that holds a time. */
  time: string
  /** How to begin anew with a database that is loaded in part, for who may do so. */
  anew(database: string, user: string): string
}

const byModule = (database: string) => `drop it (database: name: ${database}, state: absent, force: true), create it`

export const DIALECTS: Record<Engine, Dialect> = {
  postgresql: {
    port: 5432,
    driver: 'org.postgresql.Driver',
    patience: { loginTimeout: '10' },
    url: (place, database) => `jdbc:postgresql://${place}/${database === '' ? 'postgres' : encodeURIComponent(database)}`,
    options: ['?', '&', ''],
    whole: true,
    time: 'timestamp',
    anew: byModule,
  },
  mysql: {
    port: 3306,
    driver: 'com.mysql.cj.jdbc.Driver',
    patience: { connectTimeout: '10000' },
    url: (place, database) => `jdbc:mysql://${place}/${encodeURIComponent(database)}`,
    options: ['?', '&', ''],
    whole: false,
    time: 'datetime',
    anew: byModule,
  },
  mssql: {
    port: 1433,
    driver: 'com.microsoft.sqlserver.jdbc.SQLServerDriver',
    patience: { loginTimeout: '10', connectRetryCount: '0' },
    url: (place, database) => `jdbc:sqlserver://${place}${database === '' ? '' : `;databaseName={${database.replaceAll('}', '}}')}}`}`,
    options: [';', ';', ''],
    whole: true,
    time: 'datetime',
    anew: (database) => `let an administrator drop database ${database} and create it`,
  },
  oracle: {
    port: 1521,
    driver: 'oracle.jdbc.OracleDriver',
    patience: { 'oracle.net.CONNECT_TIMEOUT': '10000' },
    url: (place, database) => `jdbc:oracle:thin:@${place}/${database}`,
    options: ['?', '&', ''],
    whole: false,
    time: 'timestamp',
    anew: (_database, user) => `let an administrator drop the user (DROP USER ${user} CASCADE) and create it with its rights`,
  },
  // CREATE BUFFERPOOL and CREATE TABLESPACE, which its scripts hold, are meant to be committed one by one, as db2 -tf does.
  db2: {
    port: 50000,
    driver: 'com.ibm.db2.jcc.DB2Driver',
    patience: { loginTimeout: '10' },
    url: (place, database) => `jdbc:db2://${place}/${database}`,
    options: [':', ';', ';'],
    whole: false,
    time: 'timestamp',
    anew: (database) => `let an administrator drop database ${database} and create it`,
  },
}

/** The URL of a database, with options such as those for TLS. */
export function urlOf(engine: Engine, place: string, database: string, options: string[]): string {
  const { url, options: [begin, part, end] } = DIALECTS[engine]
  return url(place, database) + (options.length > 0 ? begin + options.join(part) + end : '')
}
