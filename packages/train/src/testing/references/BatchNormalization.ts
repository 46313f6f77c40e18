import { at, map, type Nd, nd, sumOver } from '../nd.ts'
import { defineReference, input } from '../reference.ts'

const inputs = { X: [3, 2, 2, 3], scale: [2], B: [2], input_mean: [2], input_var: [2] }
const shared = { inputs, positive: ['input_var'], differentiate: ['X', 'scale', 'B'] }

export const BatchNormalization = defineReference({
  op: 'BatchNormalization',
  cases: [
    {
      name: 'with the statistics of the batch',
      ...shared,
      attributes: { training_mode: 1, momentum: 0 },
      outputCount: 3,
    },
    { name: 'with frozen statistics', ...shared, attributes: { epsilon: 0.1 } },
    {
      name: 'of vectors, with another epsilon',
      inputs: { ...inputs, X: [5, 2] },
      positive: ['input_var'],
      differentiate: ['X', 'scale', 'B'],
      attributes: { training_mode: 1, momentum: 0, epsilon: 0.5 },
      outputCount: 3,
    },
  ],
  forward: (given, attributes) => {
    const x = input(given, 'X')
    const ofChannel = (name: string, channel: number) => at(input(given, name), [channel])
    const axes = [...x.dims.keys()].filter(axis => axis !== 1)
    const count = x.data.length / (x.dims[1] ?? 1)
    const meanOf = (values: Nd) => map(sumOver(values, axes), total => total / count)
    const first = (values: Nd, channel: number) =>
      at(
        values,
        values.dims.map((_, axis) => (axis === 1 ? channel : 0)),
      )
    const mean = meanOf(x)
    const variance = meanOf(nd(x.dims, index => (at(x, index) - first(mean, index[1] ?? 0)) ** 2))
    const training = attributes.number('training_mode', 0) === 1
    return nd(x.dims, index => {
      const channel = index[1] ?? 0
      const [mu, sigma2] = training
        ? [first(mean, channel), first(variance, channel)]
        : [ofChannel('input_mean', channel), ofChannel('input_var', channel)]
      const normalized = (at(x, index) - mu) / Math.sqrt(sigma2 + attributes.number('epsilon', 1e-5))
      return ofChannel('scale', channel) * normalized + ofChannel('B', channel)
    })
  },
})
