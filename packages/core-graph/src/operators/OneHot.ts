import { attribute, defineOperator, typed } from '../operator.ts'

/** values[1] where the new axis has the index, values[0] elsewhere; values: [off, on] (ONNX OneHot) */
export const OneHot = defineOperator({
  op: 'OneHot',
  inputs: ['indices', 'depth', 'values'],
  outputs: ['output'],
  attributes: { axis: attribute.int(-1) },
  infer: ({ indices: { shape }, depth, values }, { axis }) => {
    if (!shape) return { output: typed(values.dataType, undefined) }
    const place = axis < 0 ? axis + shape.length + 1 : axis
    return {
      output: typed(values.dataType, [...shape.slice(0, place), depth.elements?.[0] ?? null, ...shape.slice(place)]),
    }
  },
})
