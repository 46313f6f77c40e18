import { type DataType, dataTypeName } from '../data-type.ts'
import type { Dimension } from '../graph.ts'
import { attribute, defineOperator } from '../operator.ts'

/** The elements in another type, by its number in TensorProto.DataType (ONNX Cast) */
export const Cast = defineOperator({
  op: 'Cast',
  inputs: ['input'],
  outputs: ['output'],
  attributes: { to: attribute.required.int(), saturate: attribute.int(1) },
  infer: ({ input: { shape, elements } }, { to }) => {
    const dataType = dataTypeName(to) ?? 'undefined'
    const cast = elements?.map(element => castElement(element, dataType))
    return { output: { dataType, shape, ...(cast ? { elements: cast } : {}) } }
  },
})

/** A size may be zero, so a symbol is neither true nor false; a number beyond int32 is for the runtime to wrap. */
function castElement(element: Dimension, dataType: DataType): Dimension {
  if (dataType === 'bool') return typeof element === 'number' ? Math.min(1, Math.abs(element)) : null
  const isBeyond = dataType === 'int32' && typeof element === 'number' && element !== (element | 0)
  return isBeyond ? null : element
}
