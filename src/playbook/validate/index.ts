export { loadAndValidate, validate, type ValidateContext, type Validation } from './validate.ts'
