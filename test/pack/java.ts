/** The JDK that runs the stand-in, and the environment it is started in. */
import { execFileSync } from 'node:child_process'
import { realpathSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'

export function environment(extra: Record<string, string> = {}): Record<string, string> {
  return { PATH: process.env.PATH ?? '', JAVA_HOME: javaHome(), APIM_STANDIN_START_DELAY_MS: '200', ...extra }
}

export function javaHome(): string {
  const given = process.env.JAVA_HOME
  if (given) return given
  try {
    const javac = execFileSync('sh', ['-c', 'command -v javac'], { encoding: 'utf8' }).trim()
    return path.dirname(path.dirname(realpathSync(javac)))
  } catch {
    throw new Error('these tests need a JDK: set JAVA_HOME, or apt-get install default-jdk-headless')
  }
}
