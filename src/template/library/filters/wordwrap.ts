interface Wrapping {
  breakLong: boolean
  breakOnHyphens: boolean
  /** Between two lines. */
  joint: string
}

/** Jinja's wordwrap: each line on its own, broken as Python's textwrap does. */
export function wordwrap(value: string, width: number, options: Wrapping): string {
  if (width <= 0) throw new Error(`needs a width above 0, not ${width}`)
  return value.split('\n').map((line) => wrapLine(line, width, options).join(options.joint)).join(options.joint)
}

function wrapLine(line: string, width: number, { breakLong, breakOnHyphens }: Wrapping): string[] {
  const left = chunks(line, breakOnHyphens)
  const lines: string[] = []
  while (left.length > 0) {
    // Blanks at a break go; those at the start of the text stay.
    if (lines.length > 0 && isBlank(left[0]!)) left.shift()
    let text = ''
    while (left.length > 0 && text.length + left[0]!.length <= width) text += left.shift()!
    if (left.length > 0 && left[0]!.length > width) {
      if (breakLong) {
        const end = breakAt(left[0]!, width - text.length, breakOnHyphens)
        text += left[0]!.slice(0, end)
        left[0] = left[0]!.slice(end)
      } else if (text === '') text = left.shift()!
    }
    text = text.trimEnd()
    if (text !== '') lines.push(text)
  }
  return lines
}

const blank = '[\\t\\v\\f\\r ]'
const letter = '[\\p{L}_]'
const punctuated = '[\\p{L}\\p{N}_!"\'&.,?]'
/** Blanks; dashes between words; words, which end behind a hyphen between letters and before dashes. */
const parts = new RegExp(
  `${blank}+|(?<=${punctuated})-{2,}(?=[\\p{L}\\p{N}_])|[^\\t\\v\\f\\r ]+?(?:-(?<=${letter}{2}-|${letter}-${letter}-)(?=${letter}-?${letter})|(?=${blank}|$)|(?<=${punctuated})(?=-{2,}[\\p{L}\\p{N}_]))`,
  'gu',
)
const words = new RegExp(`${blank}+|[^\\t\\v\\f\\r ]+`, 'g')

function chunks(line: string, breakOnHyphens: boolean): string[] {
  return line.match(breakOnHyphens ? parts : words) ?? []
}

/** Where a word that is too long is broken: behind its last hyphen that has room, if anything else stands before it. */
function breakAt(word: string, room: number, breakOnHyphens: boolean): number {
  const hyphen = breakOnHyphens && room > 0 ? word.lastIndexOf('-', room - 1) : -1
  return hyphen > 0 && /[^-]/.test(word.slice(0, hyphen)) ? hyphen + 1 : room
}

const isBlank = (text: string) => text.trim() === ''
