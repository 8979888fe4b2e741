export { validate, type ValidateContext, type Validation } from './validate.ts'
