/** The spellings under which a secret can turn up: encoded, escaped or quoted. All of them are masked. */

/** Every spelling of a secret that has to be masked inside other text. Those shorter than `shortest` are left out. */
export function spellings(secret: string, shortest: number): Set<string> {
  const found = new Set<string>()
  // The end of the last line is no part of it: a log keeps its lines.
  const whole = secret.trimEnd()
  for (const text of new Set([whole, whole.replace(/\r?\n/g, '\r\n')])) {
    for (const form of [text, ...escaped(text), ...percentEncoded(text), ...base64(text)]) found.add(form)
  }
  for (const form of base64(secret)) found.add(form)
  for (const line of lines(whole)) for (const form of [line, ...escaped(line)]) found.add(form)
  for (const form of found) if (form.length < shortest || /^[\s*]*$/.test(form)) found.delete(form)
  return found
}

/** The lines of a text of several lines: it may be shown, or compared, line by line. */
function lines(text: string): string[] {
  if (!text.includes('\n')) return []
  return (
    text
      .split(/\r?\n/)
      .map((line) => line.trim())
      // The frame of a PEM block is the same in every public certificate.
      .filter((line) => line.length >= 8 && !/^-----(BEGIN|END) [A-Z0-9 ]+-----$/.test(line))
  )
}

function escaped(text: string): string[] {
  const json = JSON.stringify(text).slice(1, -1)
  return [
    json,
    JSON.stringify(json).slice(1, -1),
    json.replace(/[\u007f-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`),
    json.replaceAll('/', '\\/'),
    // In single quotes: shell (three ways), YAML and SQL, Python and TOML.
    text.replaceAll("'", `'\\''`),
    text.replaceAll("'", `'"'"'`),
    text.replaceAll("'", "''"),
    text.replaceAll('\\', '\\\\').replaceAll("'", "\\'"),
    // In double quotes of a shell, and with a backslash before whatever is special.
    text.replace(/[\\"$`]/g, '\\$&'),
    text.replace(/[^\w@%+=:,./-]/g, '\\$&'),
    // XML, with and without quotes.
    xml(text),
    xml(text).replaceAll('"', '&quot;').replaceAll("'", '&apos;'),
    xml(text).replaceAll('"', '&quot;').replaceAll("'", '&#39;'),
    xml(text).replaceAll('"', '&#34;').replaceAll("'", '&#39;'),
  ]
}

function xml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function percentEncoded(text: string): string[] {
  // Through bytes, because half of a surrogate pair can't be encoded.
  const valid = Buffer.from(text, 'utf8').toString('utf8')
  const plain = encodeURIComponent(valid)
  const strict = plain.replace(/[!'()*~]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
  return [plain, strict, encodeURI(valid)].flatMap((form) => [
    form,
    form.replaceAll('%20', '+'),
    form.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
  ])
}

/**
 * Base64 of the text alone, and of the text at any place within something longer (`user:password`): of the three ways
 * in which its bytes can fall into groups of three, the characters that do not depend on the neighbours.
 */
function base64(text: string): string[] {
  const bytes = Buffer.from(text, 'utf8')
  const forms = [bytes.toString('base64')]
  for (const before of [0, 1, 2]) {
    const code = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    const inner = code.slice(before === 0 ? 0 : before + 1, Math.floor(((before + bytes.length) * 8) / 6))
    // Fewer characters would stand for too little to be sure.
    if (inner.length >= 8) forms.push(inner)
  }
  return forms.flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')])
}
