/** Values that break careless quoting, for property tests. */
import fc from 'fast-check'

const NASTY = [
  'plain',
  'with space',
  ' leading',
  'trailing ',
  '-rf',
  '--',
  "it's",
  '"quoted"',
  '$(touch /tmp/aarun-was-here)',
  '`id`',
  '$HOME',
  '{{ 7*7 }}',
  '{% raw %}',
  '\\',
  '\\n',
  'a\tb',
  'é ü 漢字 🙂',
  '*',
  '?',
  '[x]',
  '#comment',
  ';ls',
  '|cat',
  '&',
  '!',
  '~',
  '%s',
  '%d',
  'a\nb',
  "'\n'",
  '..x',
  '=',
  ',',
  ':',
]

/** Text with anything in it but NUL. */
export const hostileText = fc.oneof(
  fc.constantFrom(...NASTY),
  fc.array(fc.constantFrom(...NASTY), { maxLength: 5 }).map((parts) => parts.join('\n')),
  fc.string({ unit: 'grapheme', maxLength: 40 }).map((text) => text.replaceAll('\0', '')),
)

/** The name of a file. */
export const hostileName = fc
  .oneof(fc.constantFrom(...NASTY), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }))
  .map((text) => text.replaceAll(/[/\0]/g, '_'))
  .filter(
    (name) =>
      name !== '' &&
      name !== '.' &&
      name !== '..' &&
      name !== '~' &&
      Buffer.byteLength(name) < 200 &&
      !/\p{Surrogate}/u.test(name),
  )

/** Bytes of any kind. */
export const hostileBytes = fc.oneof(
  hostileText.map((text) => new Uint8Array(Buffer.from(text))),
  fc.uint8Array({ maxLength: 300 }),
)
