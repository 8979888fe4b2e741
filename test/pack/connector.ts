/**
 * MySQL's own JDBC driver, which is in no Debian release and which this repository does not hold (it is under the GPL): fetched once by
 * test/prepare.yaml. API Manager knows MySQL by the name that this driver gives itself.
 */
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'

/** The jar; undefined where it could not be had. */
export function connectorJ(): string | undefined {
  const jar = process.env.AARUN_CONNECTOR_J ?? join(homedir(), '.cache/aarun-test/mysql-connector-j-8.4.0.jar')
  return existsSync(jar) ? jar : undefined
}
