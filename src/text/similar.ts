/** 'Did you mean': which of the known words are like one that nobody knows. */

/** The candidate that was probably meant by a misspelt word: few edits away, for its length. */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  const lower = word.toLowerCase()
  const limit = word.length <= 2 ? 1 : Math.max(1, Math.min(3, Math.floor(word.length / 3)))
  let best: string | undefined
  let least = limit + 1
  for (const candidate of candidates) {
    if (candidate === word || Math.abs(candidate.length - word.length) >= least) continue
    const distance = editDistance(lower, candidate.toLowerCase())
    // A word of one or two letters shares none with a candidate that is as many edits away.
    if (distance < least && distance < Math.max(word.length, candidate.length)) {
      best = candidate
      least = distance
    }
  }
  return best
}

/** At most three names that differ little, or hold the wrong one; nearest first. */
export function nearest(wrong: string, names: string[]): string[] {
  const wanted = wrong.toLowerCase()
  return [...new Set(names)]
    .map((name) => {
      const other = name.toLowerCase()
      const within = wanted.length >= 3 && (other.includes(wanted) || (other.length >= 3 && wanted.includes(other)))
      return { name, far: within ? 1 : farOff(wanted, other) ? Infinity : editDistance(wanted, other) }
    })
    .filter(({ far }) => far <= Math.max(1, Math.floor(wrong.length / 3)))
    .sort((a, b) => a.far - b.far || a.name.length - b.name.length || (a.name < b.name ? -1 : 1))
    .slice(0, 3)
    .map(({ name }) => name)
}

function farOff(a: string, b: string): boolean {
  return Math.abs(a.length - b.length) > 4
}

/** Damerau-Levenshtein: insertions, deletions, replacements, and swaps of neighbours. */
export function editDistance(from: string, to: string): number {
  let older: number[] = []
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let i = 1; i <= from.length; i++) {
    const current = [i]
    for (let j = 1; j <= to.length; j++) {
      const replaced = previous[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1)
      let cost = Math.min(previous[j]! + 1, current[j - 1]! + 1, replaced)
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]) cost = Math.min(cost, older[j - 2]! + 1)
      current.push(cost)
    }
    older = previous
    previous = current
  }
  return previous[to.length]!
}
