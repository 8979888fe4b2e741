/** A shell pattern as a regular expression for a whole text. */
export function globRegExp(pattern: string): RegExp {
  let source = ''
  for (let at = 0; at < pattern.length; at += 1) {
    const char = pattern[at]!
    if (char === '*') source += '.*'
    else if (char === '?') source += '.'
    else if (char === '[') {
      const end = pattern.indexOf(']', at + 2)
      if (end < 0) source += '\\['
      else {
        const inside = pattern
          .slice(at + 1, end)
          .replace(/\\/g, '\\\\')
          .replace(/^!/, '^')
        source += `[${inside}]`
        at = end
      }
    } else source += char.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
  }
  return new RegExp(`^(?:${source})$`, 's')
}
