import { attribute, defineOperator, typed } from '../operator.ts'
import { axisOf, shapeError, shapeText } from './axis.ts'
import { sum, unified } from './dimensions.ts'

/** The inputs one after another along the axis (ONNX Concat) */
export const Concat = defineOperator({
  op: 'Concat',
  inputs: ['inputs...'],
  outputs: ['concat_result'],
  attributes: { axis: attribute.required.int() },
  infer: ({ inputs }, { axis }, { node }) => {
    const [first] = inputs
    const dataType = first?.dataType ?? 'float32'
    const rank = first?.shape?.length
    if (rank === undefined || inputs.some(input => !input.shape)) return { concat_result: typed(dataType, undefined) }
    const along = axisOf(axis, rank, node)
    const shape = inputs
      .map(input => input.shape ?? [])
      .reduce((joined, next) => {
        const misfit = () => shapeError(node, `puts ${shapeText(next)} after ${shapeText(joined)} along axis ${along}`)
        if (next.length !== rank) throw misfit()
        return joined.map((size, position) =>
          position === along ? sum(size, next[position] ?? null) : unified(size, next[position] ?? null, misfit),
        )
      })
    const elements = inputs.every(input => input.elements)
      ? inputs.flatMap(input => [...(input.elements ?? [])])
      : undefined
    return { concat_result: { dataType, shape, ...(elements ? { elements } : {}) } }
  },
})
