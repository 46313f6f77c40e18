import { attribute, defineOperator, typed } from '../operator.ts'
import { axisOf } from './axis.ts'

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
    const sizes = inputs.map(input => input.shape?.[along] ?? null)
    const total = sizes.reduce<number | null>(
      (sum, size) => (sum === null || typeof size !== 'number' ? null : sum + size),
      0,
    )
    const shape = first?.shape?.map((size, position) => (position === along ? total : size))
    const elements = inputs.every(input => input.elements)
      ? inputs.flatMap(input => [...(input.elements ?? [])])
      : undefined
    return { concat_result: { dataType, shape, ...(elements ? { elements } : {}) } }
  },
})
