export { loadAndValidate, validate } from './validate.ts'
export type { ValidateContext, Validation } from './validation.ts'
