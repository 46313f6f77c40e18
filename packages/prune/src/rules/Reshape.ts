import { reshapeFlow, shapeNumbers } from '../channels/reshape-flow.ts'
import { defineChannelRule } from '../rule.ts'

/** The same elements in another shape, which says the new sizes when channels are cut. */
export const Reshape = defineChannelRule({
  op: 'Reshape',
  flow: ({ data }, _, flow) => {
    const to = flow.outputShapes[0]
    return to && shapeNumbers(data.shape, to) ? { reshaped: reshapeFlow(data, to, flow) } : {}
  },
  cut: ({ data, shape }, { allowzero }, { shapeOf, outputs }) => {
    const after = outputs[0]?.after ?? []
    const from = shapeOf(data)
    const sizeOf = (number: number, axis: number) => (number === 0 && allowzero !== 1 ? from[axis] : number)
    if (shape.numbers?.every((number, axis) => number === -1 || sizeOf(number, axis) === after[axis])) return {}
    const numbers = shapeNumbers(from, after)
    return numbers ? { inputs: { shape: numbers }, attributes: { allowzero: undefined } } : {}
  },
})
