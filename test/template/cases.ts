/** Tables of templates: what they give, and what they say when they can't be worked out. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createTemplar, TemplateError } from '../../src/template/index.ts'
import { NativeObject } from '../../src/template/runtime/values.ts'
import { scopeOf } from './scope.ts'

export type Case = [template: string, expected: unknown, variables?: Record<string, unknown>]
export type Mistake = [template: string, message: string, variables?: Record<string, unknown>]

const titleOf = (template: string, variables: Record<string, unknown> = {}) => [template, ...Object.values(variables).map((value) => JSON.stringify(value))].join('  ')

export function gives(cases: Case[], templar = createTemplar()): void {
  for (const [template, expected, variables] of cases) {
    test(titleOf(template, variables), () => {
      const value = templar.resolve(template, scopeOf(variables ?? {}))
      // Dates and other values with methods are compared as the text that they print.
      assert.equal(value instanceof NativeObject ? String(value) : value, expected)
    })
  }
}

export function fails(mistakes: Mistake[], templar = createTemplar()): void {
  for (const [template, message, variables] of mistakes) {
    test(titleOf(template, variables), () => {
      assert.throws(
        () => templar.resolve(template, scopeOf(variables ?? {})),
        (error: unknown) => error instanceof TemplateError && (error.message.includes(message) || assert.is(error.message, message)),
      )
    })
  }
}
