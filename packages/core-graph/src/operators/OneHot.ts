import { attribute, defineOperator, typed } from '../operator.ts'
import { axisOf } from './axis.ts'

/** values[1] where the new axis has the index, values[0] elsewhere; values: [off, on] (ONNX OneHot) */
export const OneHot = defineOperator({
  op: 'OneHot',
  inputs: ['indices', 'depth', 'values'],
  outputs: ['output'],
  attributes: { axis: attribute.int(-1) },
  infer: ({ indices: { shape }, depth, values }, { axis }, { node }) => {
    if (!shape) return { output: typed(values.dataType, undefined) }
    const place = axisOf(axis, shape.length + 1, node)
    return {
      output: typed(values.dataType, [...shape.slice(0, place), depth.elements?.[0] ?? null, ...shape.slice(place)]),
    }
  },
})
