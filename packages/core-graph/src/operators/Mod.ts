import { attribute, defineOperator, typed } from '../operator.ts'
import { broadcastShapes } from './broadcast.ts'

/** C = A mod B, with the sign of B, or of A where fmod is 1; broadcast (ONNX Mod) */
export const Mod = defineOperator({
  op: 'Mod',
  inputs: ['A', 'B'],
  outputs: ['C'],
  attributes: { fmod: attribute.int(0) },
  infer: ({ A, B }, _, { node }) => ({ C: typed(A.dataType, broadcastShapes([A.shape, B.shape], node)) }),
})
