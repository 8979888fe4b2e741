/** Colours of a report, the same as Ansible's. */
export type Paint = (text: string) => string

export interface Style {
  ok: Paint
  changed: Paint
  skipped: Paint
  failed: Paint
  unreachable: Paint
  unknown: Paint
  warning: Paint
  added: Paint
  removed: Paint
  hunk: Paint
  bold: Paint
  dim: Paint
}

/** Styles that paint, or leave every text as it is. */
export function createStyle(color: boolean): Style {
  const paint =
    (code: string): Paint =>
    // Line by line, so that a pager or a log that shows one line shows it in its colour.
    (text) =>
      color && text !== '' ? text.replace(/[^\n]+/g, (line) => `\u001b[${code}m${line}\u001b[0m`) : text
  return {
    ok: paint('0;32'),
    changed: paint('0;33'),
    skipped: paint('0;36'),
    failed: paint('0;31'),
    unreachable: paint('1;31'),
    unknown: paint('0;35'),
    warning: paint('1;35'),
    added: paint('0;32'),
    removed: paint('0;31'),
    hunk: paint('0;36'),
    bold: paint('1'),
    dim: paint('2'),
  }
}

/** Which style a result is shown in. */
export function styleOf(result: { status: string; unknown?: string }): keyof Style {
  if (result.unknown !== undefined && result.status === 'changed') return 'unknown'
  if (result.status === 'ignored') return 'skipped'
  return result.status as 'ok' | 'changed' | 'skipped' | 'failed' | 'unreachable'
}
