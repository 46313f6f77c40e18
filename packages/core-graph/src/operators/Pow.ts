import { defineOperator, typed } from '../operator.ts'
import { broadcastShapes } from './broadcast.ts'

/** Z = Xʸ, broadcast (ONNX Pow) */
export const Pow = defineOperator({
  op: 'Pow',
  inputs: ['X', 'Y'],
  outputs: ['Z'],
  infer: ({ X, Y }, _, { node }) => ({ Z: typed(X.dataType, broadcastShapes([X.shape, Y.shape], node)) }),
})
