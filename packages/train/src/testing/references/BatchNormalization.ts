import { anyDims } from '../arbitraries.ts'
import { type Nd, zip } from '../nd.ts'
import { defineReference, input, type ReferenceCase } from '../reference.ts'
import { normalized, perChannel, scaled } from './normalized.ts'

const of = (X: readonly number[]) => {
  const channels = [X[1] ?? 1]
  return { X, scale: channels, B: channels, input_mean: channels, input_var: channels }
}
const shared = { positive: ['input_var'], differentiate: ['X', 'scale', 'B'] }
const training = { attributes: { training_mode: 1, momentum: 0 }, outputCount: 3 } as const

export const BatchNormalization = defineReference({
  op: 'BatchNormalization',
  cases: [
    { name: 'with the statistics of the batch', inputs: of([3, 2, 2, 3]), ...shared, ...training },
    {
      name: 'with the statistics of the batch, giving running ones',
      inputs: of([3, 2, 2, 3]),
      ...shared,
      attributes: { training_mode: 1, momentum: 0.5 },
      outputCount: 3,
    },
    { name: 'with frozen statistics', inputs: of([3, 2, 2, 3]), ...shared, attributes: { epsilon: 0.1 } },
    {
      name: 'of vectors, with another epsilon',
      inputs: of([5, 2]),
      ...shared,
      attributes: { ...training.attributes, epsilon: 0.5 },
      outputCount: 3,
    },
  ],
  arbitrary: anyDims(1, 3).map(
    ([channels = 1, ...image]): Omit<ReferenceCase, 'name'> => ({
      inputs: of([3, channels, ...image]),
      ...shared,
      attributes: { ...training.attributes, epsilon: 0.25 },
      outputCount: 3,
    }),
  ),
  forward: (inputs, attributes) => {
    const x = input(inputs, 'X')
    const rank = x.dims.length
    const [mean, variance] = [input(inputs, 'input_mean'), input(inputs, 'input_var')]
    const [scale, shift] = [perChannel(input(inputs, 'scale'), rank), perChannel(input(inputs, 'B'), rank)]
    const epsilon = attributes.number('epsilon', 1e-5)
    if (attributes.number('training_mode', 0) === 0) {
      const centred = zip(x, perChannel(mean, rank), (value, own) => value - own)
      const values = zip(centred, perChannel(variance, rank), (value, own) => value / Math.sqrt(own + epsilon))
      return scaled(values, scale, shift)
    }
    const axes = [...x.dims.keys()].filter(axis => axis !== 1)
    const batch = normalized(x, axes, epsilon)
    const momentum = attributes.number('momentum', 0.9)
    const next = (running: Nd, { data }: Nd) =>
      zip(running, { dims: running.dims, data }, (old, own) => momentum * old + (1 - momentum) * own)
    return [scaled(batch.values, scale, shift), next(mean, batch.mean), next(variance, batch.variance)]
  },
})
