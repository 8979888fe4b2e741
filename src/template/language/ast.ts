/** Every node knows its offset in the template text, so that any error can point at it. */
interface At {
  at: number
}

export type Expression =
  | (At & { type: 'literal'; value: null | boolean | number | string })
  | (At & { type: 'name'; name: string })
  | (At & { type: 'list'; items: Expression[] })
  | (At & { type: 'tuple'; items: Expression[] })
  | (At & { type: 'dict'; entries: { key: Expression; value: Expression }[] })
  | (At & { type: 'attribute'; object: Expression; name: string })
  | (At & { type: 'item'; object: Expression; index: Expression })
  | (At & { type: 'slice'; object: Expression; start?: Expression; stop?: Expression; step?: Expression })
  | (At & { type: 'call'; callee: Expression; args: Arguments })
  | (At & { type: 'filter'; name: string; input?: Expression; args: Arguments })
  | (At & { type: 'test'; name: string; input: Expression; args: Arguments; negated: boolean })
  | (At & { type: 'unary'; operator: 'not' | '-' | '+'; operand: Expression })
  | (At & { type: 'binary'; operator: BinaryOperator; left: Expression; right: Expression })
  | (At & { type: 'logic'; operator: 'and' | 'or'; left: Expression; right: Expression })
  | (At & { type: 'compare'; first: Expression; rest: { operator: CompareOperator; operand: Expression }[] })
  | (At & { type: 'concat'; parts: Expression[] })
  | (At & { type: 'condition'; test: Expression; then: Expression; else?: Expression })

export type ExpressionOf<T extends Expression['type']> = Extract<Expression, { type: T }>
export type BinaryOperator = '+' | '-' | '*' | '/' | '//' | '%' | '**'
export type CompareOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'not in'

export interface Arguments {
  positional: Expression[]
  keyword: { name: string; value: Expression }[]
  /** `*list` and `**dict` arguments. */
  spread?: Expression
  spreadDict?: Expression
}

/** What can stand left of `=` or between `for` and `in`. */
export type Target =
  | (At & { type: 'name'; name: string })
  | (At & { type: 'member'; object: string; name: string })
  | (At & { type: 'unpack'; targets: Target[] })

export interface Parameter {
  name: string
  default?: Expression
}

export type Statement =
  | (At & { type: 'text'; text: string })
  | (At & { type: 'print'; value: Expression })
  | (At & { type: 'if'; branches: { test: Expression; body: Statement[] }[]; else?: Statement[] })
  | (At & { type: 'for'; target: Target; iterable: Expression; filter?: Expression; body: Statement[]; else?: Statement[]; recursive: boolean })
  | (At & { type: 'set'; target: Target; value: Expression })
  | (At & { type: 'setBlock'; target: Target; filter?: Expression; body: Statement[] })
  | (At & { type: 'macro'; name: string; parameters: Parameter[]; body: Statement[] })
  | (At & { type: 'call'; call: Expression; parameters: Parameter[]; body: Statement[] })
  | (At & { type: 'filter'; filter: Expression; body: Statement[] })
  | (At & { type: 'with'; bindings: { target: Target; value: Expression }[]; body: Statement[] })
  | (At & { type: 'scope'; body: Statement[] })
  | (At & { type: 'do'; value: Expression })
  | (At & { type: 'break' | 'continue' })
  | (At & { type: 'include'; template: Expression; ignoreMissing: boolean; context: boolean })
  | (At & { type: 'import'; template: Expression; name: string; context: boolean })
  | (At & { type: 'fromImport'; template: Expression; names: { name: string; as: string }[]; context: boolean })
  | (At & { type: 'extends'; template: Expression })
  | (At & { type: 'block'; name: string; scoped: boolean; body: Statement[] })

export type StatementOf<T extends Statement['type']> = Extract<Statement, { type: T }>

/** A parsed template. */
export interface Template {
  text: string
  body: Statement[]
}
