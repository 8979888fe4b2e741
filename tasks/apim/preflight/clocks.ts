/** How far clocks differ, by what is known of each. */

export type Clocks = Record<string, { least: number; most: number }>

export function clockFindings(clocks: Clocks, limit: number): { findings: string[]; warnings: string[] } {
  const all = Object.entries(clocks)
  const pairs = all.flatMap(([name, one], index) => all.slice(0, index).map(([other, before]) => ({ name, other, least: one.least - before.most, most: one.most - before.least })))
  // At least so far apart; 0 where they may be the same.
  const certain = ({ least, most }: { least: number; most: number }) => Math.max(0, least, -most)
  const wrong = pairs.filter((pair) => certain(pair) > limit)
  const worst = wrong.sort((a, b) => certain(b) - certain(a))[0]
  const unsure = pairs.filter((pair) => certain(pair) <= limit && Math.max(pair.most, -pair.least) > limit)
  return {
    findings: worst === undefined ? [] : [`the clocks of ${worst.other} and ${worst.name} differ by ${round(certain(worst))} s or more: set both by NTP (timedatectl set-ntp true); ${limit} s are the most that tokens and quotas bear`],
    warnings: worst !== undefined || unsure.length === 0 ? [] : [`the clocks of ${[...new Set(unsure.flatMap(({ name, other }) => [other, name]))].join(', ')} could not be compared: an answer took longer than ${limit} s`],
  }
}

const round = (seconds: number) => (seconds >= 10 ? Math.round(seconds) : Math.round(seconds * 10) / 10)
