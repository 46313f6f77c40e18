import { tensorNumbers } from '@pare/core-graph'
import { imageMean } from '../image-mean.ts'
import { defineLowering } from '../lowering.ts'

/** The mean over each image, as exporters write GlobalAveragePool; all others stay plain */
export const ReduceMean = defineLowering({
  op: 'ReduceMean',
  lower: (lowerer, { data, axes }) => {
    const { constant } = axes?.plain() ?? {}
    const [rank, reduced] = [data.sizes?.length ?? 0, constant ? tensorNumbers(constant) : []]
    const spatial = [...Array(Math.max(0, rank - 2)).keys()].map(axis => axis + 2)
    const isOverImage =
      reduced.length === spatial.length &&
      spatial.every(axis => reduced.includes(axis) || reduced.includes(axis - rank))
    const mean = isOverImage && spatial.length > 0 ? imageMean(lowerer, data) : undefined
    return mean && { reduced: { rows: mean } }
  },
})
