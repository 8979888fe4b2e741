/** Runs a program under a pseudo terminal (script of util-linux) and keeps what it wrote. */
import { execFileSync, spawn } from 'node:child_process'
import process from 'node:process'

/** False where there is no pseudo terminal to be had. */
export function hasTerminal(): boolean {
  try {
    execFileSync('script', ['-qec', 'true', '/dev/null'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

export interface Shown {
  text: string
  code: number | null
}

/** All that a command writes to a terminal of this width; `keys` are typed when a text shows up. */
export function inTerminal(
  argv: string[],
  options: { columns?: number; cwd?: string; keys?: [seen: RegExp, typed: string][] } = {},
): Promise<Shown> {
  const quoted = argv.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ')
  const child = spawn('script', ['-qec', `stty cols ${options.columns ?? 100} rows 40; exec ${quoted}`, '/dev/null'], {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { ...process.env, TERM: 'xterm', CI: '', NO_COLOR: '', SHELL: '/bin/sh' },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const keys = [...(options.keys ?? [])]
  let text = ''
  let seen = 0
  child.stdout.on('data', (part: Buffer) => {
    text += part.toString()
    const [next] = keys
    if (!next?.[0].test(text.slice(seen))) return
    keys.shift()
    seen = text.length
    child.stdin.write(next[1])
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ text, code }))
  })
}

/** The last screen of what was written: cursor movements and erased lines are carried out, colours dropped. */
export function screen(text: string): string[] {
  const lines = ['']
  let row = 0
  let column = 0
  const parts = text.matchAll(/\u001b\[([\d;?]*)([A-Za-z])|\r|\n|[^\u001b\r\n]+|\u001b./g)
  for (const [part, parameter = '', command] of parts) {
    if (command === 'A') row = Math.max(0, row - Number(parameter || 1))
    else if (command === 'G') column = Math.max(0, Number(parameter || 1) - 1)
    else if (command === 'K') lines[row] = parameter === '2' ? '' : (lines[row] ?? '').slice(0, column)
    else if (command !== undefined || part.startsWith('\u001b')) continue
    else if (part === '\r') column = 0
    else if (part === '\n') {
      row += 1
      lines[row] ??= ''
    } else {
      const line = (lines[row] ?? '').padEnd(column)
      lines[row] = line.slice(0, column) + part + line.slice(column + part.length)
      column += part.length
    }
  }
  return lines.map((line) => line.trimEnd())
}
