/**
 * The range of Java that a start script names: "CARBON is supported only on JDK 1.7, 1.8, 9, 10 and 11", or "... only between
 * JDK 11 and JDK 17". The script only says so and goes on, to errors that nobody understands.
 */

/** Nothing of any release from 3.0 on is compiled for less, whatever the script says. */
const LOWEST = 8

export function javaRange(script: string): [number, number] | undefined {
  const said = /supported only (?:on|between) (JDK [^"'\n]*)/.exec(script)?.[1]
  const numbers = [...(said ?? '').matchAll(/\b(?:1\.)?(\d+)\b/g)].map((match) => Number(match[1]))
  if (numbers.length < 2) return undefined
  return [Math.max(LOWEST, Math.min(...numbers)), Math.max(...numbers)]
}
