import { attribute, defineOperator, typed } from '../operator.ts'
import { axisOf } from './axis.ts'

/** Parts of the input along the axis, of the given sizes or of equal ones (ONNX Split) */
export const Split = defineOperator({
  op: 'Split',
  inputs: ['input', 'split?'],
  outputs: ['outputs...'],
  attributes: { axis: attribute.int(0), num_outputs: attribute.optional.int() },
  infer: ({ input, split }, { axis }, { outputCount, node }) => {
    const { shape, dataType } = input
    if (!shape) return { outputs: Array.from({ length: outputCount }, () => typed(dataType, undefined)) }
    const along = axisOf(axis, shape.length, node)
    const whole = shape[along] ?? null
    const part = typeof whole === 'number' ? Math.ceil(whole / outputCount) : null
    const sizeOf = (index: number) => {
      if (split) return split.elements?.[index] ?? null
      if (part === null || typeof whole !== 'number') return null
      return index < outputCount - 1 ? part : whole - part * (outputCount - 1)
    }
    return {
      outputs: Array.from({ length: outputCount }, (_, index) =>
        typed(
          dataType,
          shape.map((size, position) => (position === along ? sizeOf(index) : size)),
        ),
      ),
    }
  },
})
