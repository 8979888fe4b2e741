/** Argument types that many modules share. */
import { z } from 'zod'

/** Ansible's booleans: true/false, and the words yes/no/on/off/1/0 in a string. */
export const boolean = z.union([
  z.boolean(),
  z.stringbool({ truthy: ['true', 'yes', 'on', '1', 'y', 't'], falsy: ['false', 'no', 'off', '0', 'n', 'f'] }),
  z.literal(1).transform(() => true),
  z.literal(0).transform(() => false),
])

/** Text; a number or boolean is taken as its text, as Ansible does. */
export const text = z.union([z.string(), z.number().transform(String), z.boolean().transform((b) => (b ? 'True' : 'False'))])

/** A path that is not empty. */
export const path = text.refine((value) => value !== '' && !value.includes('\0'), 'expected a path, got empty text')

/** A whole number, also as text. */
export const integer = z.union([z.int(), z.string().regex(/^[+-]?\d+$/, 'expected a whole number').transform(Number)])

/** A number, also as text. */
export const number = z.union([z.number(), z.string().regex(/^[+-]?\d+(\.\d+)?$/, 'expected a number').transform(Number)])

/** A list; one text is a list of one, with commas it is split. */
export const list = z.union([z.array(text), text.transform((value) => (value === '' ? [] : value.split(',').map((part) => part.trim())))])

/** A list whose single text is never split at commas. */
export const listOf = z.union([z.array(text), text.transform((value) => [value])])

/**
 * Permission bits: '0755', '755', 'u=rwx,g=rx' or YAML's octal number 0755. A bare decimal such as 755 or 493 could
 * mean two things and is an error.
 */
export const mode = z
  .union([z.string(), z.number()])
  .refine((value) => typeof value === 'string', { message: "ambiguous mode: write it in quotes, for example '0644'" })
  .transform(String)
  .refine((value) => value === 'preserve' || /^0?o?[0-7]{1,4}$/.test(value) || /^([ugoa]*[-+=][rwxXstugo]*)([-+=][rwxXstugo]*)*(,[ugoa]*[-+=][rwxXstugo]*([-+=][rwxXstugo]*)*)*$/.test(value), {
    message: "expected a mode such as '0644', 'u=rw,g=r,o=r' or 'preserve'",
  })

/** mode, owner and group of a file, for modules that write one. */
export const fileAttributes = {
  mode: mode.optional().describe("Permission bits, such as '0644' or 'u=rw,g=r'. Default: unchanged; for a new file 0666 less the umask."),
  owner: text.optional().describe('Name (or number) of the user who owns it.'),
  group: text.optional().describe('Name (or number) of the group that owns it.'),
}
