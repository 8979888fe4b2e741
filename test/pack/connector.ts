/**
 * MySQL's own JDBC driver, which is in no Debian release and which this repository does not hold (it is under the GPL): fetched by
 * Maven, which keeps it. API Manager knows MySQL by the name that this driver gives itself.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'

const ARTIFACT = 'com.mysql:mysql-connector-j:8.4.0'
const JAR = 'mysql-connector-j-8.4.0.jar'
const SHA256 = 'd77962877d010777cff997015da90ee689f0f4bb76848340e1488f2b83332af5'

/** The jar, in `directory` unless AARUN_CONNECTOR_J names one; undefined where it can't be had. */
export function connectorJ(directory: string): string | undefined {
  const given = process.env.AARUN_CONNECTOR_J
  if (given) return given
  const jar = join(directory, JAR)
  if (!existsSync(jar)) spawnSync('mvn', ['-q', 'dependency:copy', `-Dartifact=${ARTIFACT}`, `-DoutputDirectory=${directory}`], { timeout: 180_000 })
  return existsSync(jar) && createHash('sha256').update(readFileSync(jar)).digest('hex') === SHA256 ? jar : undefined
}
