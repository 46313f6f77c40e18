import { attribute, defineOperator, typed } from '../operator.ts'

/** The shape of data as an int64 vector (ONNX Shape) */
export const Shape = defineOperator({
  op: 'Shape',
  inputs: ['data'],
  outputs: ['shape'],
  attributes: { start: attribute.int(0), end: attribute.optional.int() },
  infer: ({ data }, { start, end }) => {
    const elements = data.shape?.slice(start, end)
    return { shape: { ...typed('int64', [elements?.length ?? null]), ...(elements ? { elements } : {}) } }
  },
})
