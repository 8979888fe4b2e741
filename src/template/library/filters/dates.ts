import { DateTime, formatDate, parseDate } from '../datetime.ts'
import { plugin, type Plugin } from '../../runtime/plugins.ts'
import { truthy } from '../../runtime/operators.ts'
import { asNumber, asText } from './convert.ts'

/** Filters on dates. */
export const dateFilters: Record<string, Plugin> = {
  strftime: plugin('second utc', (value, [second, utc], { env }) => {
    const date = second === undefined || second === null ? env.session.services.now() : new Date(asNumber(second) * 1000)
    return formatDate(date, asText(value), truthy(utc))
  }),
  to_datetime: plugin('format', (value, [format]) => new DateTime(parseDate(asText(value), asText(format ?? '%Y-%m-%d %H:%M:%S')), true)),
}
