/**
 * A value which check mode can't know: it depends on a change that was only planned.
 * The one definition; `src/template` makes it part of its values.
 */
export class Unknown {
  readonly reason: string
  constructor(reason: string) {
    this.reason = reason
  }
}
