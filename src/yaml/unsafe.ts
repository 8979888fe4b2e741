/** YAML `!unsafe`: text (or a collection of texts) that is never a template. Unwrapped when used. */
export class Unsafe {
  readonly value: unknown
  constructor(value: unknown) {
    this.value = value
  }
}
