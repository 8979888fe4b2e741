/** Arguments that are regular expressions: checked before any connection is made. */
import { arg, pythonRegex, type RegexFlags } from '../../src/module/index.ts'

/** Text that compiles as a Python regular expression. It stays a text. */
export function regexp(flags: RegexFlags = {}, exempt: string[] = []) {
  return arg.text.superRefine((pattern, context) => {
    if (exempt.includes(pattern)) return
    try {
      pythonRegex(pattern, flags)
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message })
    }
  })
}
