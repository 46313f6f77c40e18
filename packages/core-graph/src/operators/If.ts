import { attribute, defineOperator } from '../operator.ts'
import { either } from './body.ts'

/** outputs = those of the branch that cond chooses: what both branches say of them (ONNX If) */
export const If = defineOperator({
  op: 'If',
  inputs: ['cond'],
  outputs: ['outputs...'],
  attributes: { then_branch: attribute.required.graph(), else_branch: attribute.required.graph() },
  infer: (_, { then_branch: then, else_branch: otherwise }, { inferBody }) => {
    const other = inferBody(otherwise, [])
    return { outputs: inferBody(then, []).map((value, index) => either(value, other[index])) }
  },
})
