import { attribute, defineOperator, typed } from '../operator.ts'
import { shapeError, shapeText } from './axis.ts'
import { productOf } from './dimensions.ts'

/** [*a,*b] → [Πa, Πb], cut before the axis, which may be the rank (ONNX Flatten) */
export const Flatten = defineOperator({
  op: 'Flatten',
  inputs: ['input'],
  outputs: ['output'],
  attributes: { axis: attribute.int(1) },
  infer: ({ input: { shape, dataType } }, { axis }, { node }) => {
    if (!shape) return { output: typed(dataType, [null, null]) }
    const cut = axis < 0 ? axis + shape.length : axis
    if (cut < 0 || cut > shape.length) throw shapeError(node, `cuts ${shapeText(shape)} before axis ${axis}`)
    return { output: typed(dataType, [productOf(shape.slice(0, cut)), productOf(shape.slice(cut))]) }
  },
})
