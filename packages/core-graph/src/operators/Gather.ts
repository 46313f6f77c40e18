import { attribute, defineOperator } from '../operator.ts'
import { axisOf } from './axis.ts'

/** Slices of data along the axis, by indices (ONNX Gather) */
export const Gather = defineOperator({
  op: 'Gather',
  inputs: ['data', 'indices'],
  outputs: ['output'],
  attributes: { axis: attribute.int(0) },
  infer: ({ data, indices }, { axis }, { node }) => {
    const { shape, dataType, elements } = data
    if (!shape || !indices.shape) return { output: { dataType, shape: undefined } }
    const along = axisOf(axis, shape.length, node)
    const picked =
      elements && indices.elements?.map(index => (typeof index === 'number' ? (elements.at(index) ?? null) : null))
    return {
      output: {
        dataType,
        shape: [...shape.slice(0, along), ...indices.shape, ...shape.slice(along + 1)],
        ...(picked ? { elements: picked } : {}),
      },
    }
  },
})
