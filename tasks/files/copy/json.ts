/** Data as text, as Ansible writes it: `{"a": 1, "b": [true, null]}`. */
export function toJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(toJson).join(', ')}]`
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .map(([key, item]) => `${JSON.stringify(key)}: ${toJson(item)}`)
      .join(', ')}}`
  }
  if (typeof value === 'bigint') return String(value)
  return JSON.stringify(value) ?? 'null'
}
