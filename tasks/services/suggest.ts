/** 'did you mean': the names that are nearest to a wrong one. */

/** At most three names that differ little, or hold the wrong one; nearest first. */
export function nearest(wrong: string, names: string[]): string[] {
  const wanted = wrong.toLowerCase()
  return [...new Set(names)]
    .map((name) => {
      const other = name.toLowerCase()
      const within = wanted.length >= 3 && (other.includes(wanted) || (other.length >= 3 && wanted.includes(other)))
      return { name, far: within ? 1 : distance(wanted, other) }
    })
    .filter(({ far }) => far <= Math.max(1, Math.floor(wrong.length / 3)))
    .sort((a, b) => a.far - b.far || a.name.length - b.name.length || (a.name < b.name ? -1 : 1))
    .slice(0, 3)
    .map(({ name }) => name)
}

/** Letters to change, add, drop or swap with their neighbour. */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 4) return 99
  let older: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      let best = Math.min(previous[j]! + 1, row[j - 1]! + 1, previous[j - 1]! + cost)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, older[j - 2]! + 1)
      row.push(best)
    }
    older = previous
    previous = row
  }
  return previous[b.length]!
}
