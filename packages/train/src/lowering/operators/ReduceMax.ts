import { defineLowering } from '../lowering.ts'
import { reduced } from '../reductions.ts'

/** Over each image, over batch and image, or over all */
export const ReduceMax = defineLowering({
  op: 'ReduceMax',
  lower: (lowerer, { data, axes }, { noop_with_empty_axes }, { outputs: [output] }) => {
    const form = noop_with_empty_axes ? undefined : reduced(lowerer, 'ReduceMax', { data, axes, output })
    return form && { reduced: form }
  },
})
