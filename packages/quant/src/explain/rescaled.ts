import type { DataSource, TensorData } from '@pare/core-graph'
import type { Range } from '../affine.ts'
import { widthOf } from './figures.ts'

/** Data whose values of one input lie in another range: x ↦ to.low + (x − from.low) · width(to) / width(from). */
export const rescaled = (source: DataSource, input: string, from: Range, to: Range): DataSource => ({
  size: source.size,
  labelled: source.labelled,
  ...(source.shuffles !== undefined && { shuffles: source.shuffles }),
  async *batches(options) {
    const scale = widthOf(to) / (widthOf(from) || 1)
    const mapped = ({ dims, data }: TensorData): TensorData => ({
      dataType: 'float32',
      dims,
      data: Float32Array.from(data as Float32Array, value => to.low + (value - from.low) * scale),
    })
    for await (const batch of source.batches(options)) {
      const isOnly = Object.keys(batch.inputs).length === 1
      const inputs = Object.entries(batch.inputs).map(([name, tensor]) => [
        name,
        name === input || isOnly ? mapped(tensor) : tensor,
      ])
      yield { ...batch, inputs: Object.fromEntries(inputs) }
    }
  },
})
