import type { Method } from '../runtime/methods/index.ts'
import { NativeObject } from '../runtime/values.ts'

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']

/** Python's datetime, as `now()` and `to_datetime` give it. Parsed dates are kept as UTC. */
export class DateTime extends NativeObject {
  readonly date: Date
  readonly utc: boolean
  constructor(date: Date, utc: boolean) {
    super()
    this.date = date
    this.utc = utc
  }

  readonly methods: Record<string, Method> = {
    strftime: (_self, [format]) => formatDate(this.date, String(format), this.utc),
    isoformat: () => this.text('T'),
    timestamp: () => this.date.getTime() / 1000,
    weekday: () => (this.parts().weekday + 6) % 7,
    isoweekday: () => this.parts().weekday || 7,
    date: () => formatDate(this.date, '%Y-%m-%d', this.utc),
    time: () => formatDate(this.date, '%H:%M:%S', this.utc),
  }

  attribute(name: string): unknown {
    const { year, month, day, hour, minute, second } = this.parts()
    const known: Record<string, number> = { year, month, day, hour, minute, second, microsecond: this.date.getMilliseconds() * 1000 }
    return Object.hasOwn(known, name) ? known[name] : undefined
  }

  operate(operator: string, right: unknown): unknown {
    if (operator === '-' && right instanceof DateTime) return new TimeDelta(this.date.getTime() - right.date.getTime())
    if (right instanceof TimeDelta && (operator === '-' || operator === '+')) {
      return new DateTime(new Date(this.date.getTime() + (operator === '-' ? -right.milliseconds : right.milliseconds)), this.utc)
    }
    throw new Error(`'${operator}' does not work on a date and this`)
  }

  override valueOf(): number {
    return this.date.getTime()
  }
  override toString(): string {
    return this.text(' ')
  }
  private text(between: string): string {
    const milliseconds = this.date.getMilliseconds()
    return formatDate(this.date, `%Y-%m-%d${between}%H:%M:%S`, this.utc) + (milliseconds ? `.${String(milliseconds * 1000).padStart(6, '0')}` : '')
  }
  private parts(): DateParts {
    return partsOf(this.date, this.utc)
  }
}

/** The difference of two dates. */
export class TimeDelta extends NativeObject {
  readonly milliseconds: number
  constructor(milliseconds: number) {
    super()
    this.milliseconds = milliseconds
  }
  readonly methods: Record<string, Method> = { total_seconds: () => this.milliseconds / 1000 }

  attribute(name: string): unknown {
    const wholeDays = Math.floor(this.milliseconds / 86_400_000)
    if (name === 'days') return wholeDays
    if (name === 'seconds') return Math.floor((this.milliseconds - wholeDays * 86_400_000) / 1000)
    return name === 'microseconds' ? (((this.milliseconds % 1000) + 1000) % 1000) * 1000 : undefined
  }
  override valueOf(): number {
    return this.milliseconds
  }
  override toString(): string {
    const count = this.attribute('days') as number
    const seconds = this.attribute('seconds') as number
    const clock = `${Math.floor(seconds / 3600)}:${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}`
    return count === 0 ? clock : `${count} day${Math.abs(count) === 1 ? '' : 's'}, ${clock}`
  }
}

interface DateParts {
  year: number
  month: number
  day: number
  hour: number
  minute: number
  second: number
  weekday: number
}

function partsOf(date: Date, utc: boolean): DateParts {
  return utc
    ? { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate(), hour: date.getUTCHours(), minute: date.getUTCMinutes(), second: date.getUTCSeconds(), weekday: date.getUTCDay() }
    : { year: date.getFullYear(), month: date.getMonth() + 1, day: date.getDate(), hour: date.getHours(), minute: date.getMinutes(), second: date.getSeconds(), weekday: date.getDay() }
}

/** strftime. */
export function formatDate(date: Date, format: string, utc: boolean): string {
  const p = partsOf(date, utc)
  const hour12 = p.hour % 12 || 12
  const dayOfYear = Math.round((Date.UTC(p.year, p.month - 1, p.day) - Date.UTC(p.year, 0, 1)) / 86_400_000) + 1
  const offset = utc ? 0 : -date.getTimezoneOffset()
  const values: Record<string, () => string> = {
    Y: () => String(p.year), y: () => pad(p.year % 100), m: () => pad(p.month), d: () => pad(p.day), e: () => String(p.day).padStart(2),
    H: () => pad(p.hour), I: () => pad(hour12), M: () => pad(p.minute), S: () => pad(p.second), f: () => pad(date.getMilliseconds() * 1000, 6),
    p: () => (p.hour < 12 ? 'AM' : 'PM'), A: () => days[p.weekday]!, a: () => days[p.weekday]!.slice(0, 3),
    B: () => months[p.month - 1]!, b: () => months[p.month - 1]!.slice(0, 3), h: () => months[p.month - 1]!.slice(0, 3),
    j: () => pad(dayOfYear, 3), w: () => String(p.weekday), u: () => String(p.weekday || 7), s: () => String(Math.floor(date.getTime() / 1000)),
    U: () => pad(Math.floor((dayOfYear + 6 - p.weekday) / 7)), W: () => pad(Math.floor((dayOfYear + 6 - ((p.weekday + 6) % 7)) / 7)),
    z: () => `${offset < 0 ? '-' : '+'}${pad(Math.floor(Math.abs(offset) / 60))}${pad(Math.abs(offset) % 60)}`, Z: () => (utc ? 'UTC' : zoneName(date)),
    F: () => formatDate(date, '%Y-%m-%d', utc), T: () => formatDate(date, '%H:%M:%S', utc), R: () => formatDate(date, '%H:%M', utc), D: () => formatDate(date, '%m/%d/%y', utc),
    c: () => formatDate(date, '%a %b %e %H:%M:%S %Y', utc), x: () => formatDate(date, '%m/%d/%y', utc), X: () => formatDate(date, '%H:%M:%S', utc),
    n: () => '\n', t: () => '\t', '%': () => '%',
  }
  return format.replace(/%-?([A-Za-z%])/g, (whole, letter: string) => {
    const text = Object.hasOwn(values, letter) ? values[letter]!() : whole
    return whole[1] === '-' ? text.replace(/^[0 ]+(?=\d)/, '') : text
  })
}

function zoneName(date: Date): string {
  return new Intl.DateTimeFormat('en-US', { timeZoneName: 'short' }).formatToParts(date).find((part) => part.type === 'timeZoneName')?.value ?? ''
}

/** strptime; the date is taken as UTC unless `%z` says otherwise. */
export function parseDate(text: string, format: string): Date {
  const fields: string[] = []
  const number = (letter: string, digits: string) => {
    fields.push(letter)
    return `(\\d{${digits}})`
  }
  const expanded = format.replaceAll('%T', '%H:%M:%S').replaceAll('%F', '%Y-%m-%d')
  const pattern = expanded.replace(/%([A-Za-z%])|([.*+?^${}()|[\]\\/])|(\s+)/g, (whole, letter: string | undefined, special: string | undefined) => {
    if (special) return `\\${special}`
    if (!letter) return '\\s+'
    if (letter === 'Y') return number('Y', '4')
    if ('ymdHIMS'.includes(letter)) return number(letter, '1,2')
    if (letter === 'j') return number('j', '1,3')
    if (letter === 'f') return number('f', '1,6')
    if (letter === '%') return '%'
    const words: Record<string, string> = { b: '([A-Za-z]{3})', B: '([A-Za-z]+)', a: '([A-Za-z]{3})', A: '([A-Za-z]+)', p: '([AaPp][Mm])', z: '(Z|[-+]\\d\\d:?\\d\\d)', Z: '([A-Za-z]+)' }
    if (!Object.hasOwn(words, letter)) throw new Error(`unknown directive '${whole}' in '${format}'`)
    fields.push(letter)
    return words[letter]!
  })
  const match = new RegExp(`^${pattern}$`).exec(text)
  if (!match) throw new Error(`'${text}' does not match the format '${format}'`)
  const v = new Map(fields.map((field, index) => [field, match[index + 1]!]))
  const n = (field: string, otherwise: number) => (v.has(field) ? Number(v.get(field)) : otherwise)
  const monthWord = (v.get('b') ?? v.get('B'))?.slice(0, 3).toLowerCase()
  const month = monthWord ? months.findIndex((name) => name.toLowerCase().startsWith(monthWord)) : v.has('j') ? 0 : n('m', 1) - 1
  const day = n(v.has('j') ? 'j' : 'd', 1)
  const year = v.has('Y') ? n('Y', 1900) : v.has('y') ? n('y', 0) + (n('y', 0) < 69 ? 2000 : 1900) : 1900
  const hour = v.has('I') ? (n('I', 12) % 12) + (v.get('p')?.toLowerCase() === 'pm' ? 12 : 0) : n('H', 0)
  const fraction = Number((v.get('f') ?? '0').padEnd(6, '0')) / 1000
  const time = Date.UTC(year, month, day, hour, n('M', 0), n('S', 0), fraction)
  // What Date.UTC carries over, such as 30 February, is no date.
  const there = new Date(time)
  const exact = v.has('j') ? there.getUTCFullYear() === year && day > 0 : there.getUTCMonth() === month && there.getUTCDate() === day
  if (!exact || n('I', 1) < 1 || n('I', 1) > 12 || there.getUTCHours() !== hour || there.getUTCMinutes() !== n('M', 0)) throw new Error(`'${text}' is no date`)
  const zone = /([-+])(\d\d):?(\d\d)/.exec(v.get('z') ?? '')
  const offset = zone ? (zone[1] === '-' ? -1 : 1) * (Number(zone[2]) * 60 + Number(zone[3])) : 0
  return new Date(time - offset * 60_000)
}

function pad(value: number, size = 2): string {
  return String(value).padStart(size, '0')
}
