import { defineLowering } from '../lowering.ts'
import { reduced } from '../reductions.ts'

/** Over each image, over batch and image, or over all */
export const ReduceMin = defineLowering({
  op: 'ReduceMin',
  lower: (lowerer, { data, axes }, { noop_with_empty_axes }, { outputs: [output] }) => {
    const form = noop_with_empty_axes ? undefined : reduced(lowerer, 'ReduceMin', { data, axes, output })
    return form && { reduced: form }
  },
})
