import { defineLowering } from '../lowering.ts'

/** Some channels are some rows; slices along other axes stay plain */
export const Slice = defineLowering({
  op: 'Slice',
  lower: (lowerer, { data, starts, ends, axes, steps }) => {
    const axis = axes && lowerer.number(axes.name)
    const isOfChannels = axis === 1 || axis === 1 - (data.sizes?.length ?? 0)
    if (!isOfChannels || !data.isBlocked || !data.image) return undefined
    const { b } = lowerer
    return { output: { rows: b.Slice(data.rows(), starts.plain(), ends.plain(), b.ints(0), steps?.plain()) } }
  },
})
