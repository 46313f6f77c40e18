import {
  createBuilder,
  createRandom,
  type DataSource,
  defineStrategy,
  type Graph,
  randomNormal,
  tensorOf,
} from '@pare/core-graph'
import { openAsyncIterable } from '@pare/data'
import { staticInt8 } from '@pare/quant'
import type { RecipeInput } from '@pare/recipe'

const classes = 4

/** 1×8×8 images, each class around a point of its own. */
export function smallSamples(count: number): Promise<DataSource> {
  return openAsyncIterable(
    async function* () {
      const random = createRandom(7)
      for (let index = 0; index < count; index++) {
        const label = index % classes
        const pixel = (_: unknown, place: number) => (place % classes === label ? 1 : 0) + 0.3 * randomNormal(random)
        yield {
          inputs: { dataType: 'float32' as const, dims: [1, 8, 8], data: Float32Array.from({ length: 64 }, pixel) },
          label,
        }
      }
    },
    { size: count, shuffles: true },
  )
}

/**
 * One convolution and a classifier, with weights drawn at random. The latency of a model that takes images of any size
 * is not measured, which takes most of a small run's time.
 */
export function smallModel(images: '8×8' | 'any size'): Graph {
  const b = createBuilder('small')
  const random = createRandom(1)
  const drawn = (name: string, dims: readonly number[], scale: number) => {
    const length = dims.reduce((product, dim) => product * dim, 1)
    const data = Float32Array.from({ length }, () => scale * randomNormal(random))
    return b.initializer(name, tensorOf('float32', dims, data))
  }
  const x = b.input('images', 'float32', images === '8×8' ? ['N', 1, 8, 8] : ['N', 1, null, null])
  const convolved = b.Conv(x, drawn('conv', [8, 1, 4, 4], 0.3), drawn('bias', [8], 0.1), { strides: [4, 4] })
  const features = b.Flatten(b.GlobalAveragePool(b.Relu(convolved)))
  b.output(b.named(b.Gemm(features, drawn('classifier', [8, classes], 0.3), drawn('offset', [classes], 0)), 'scores'))
  return b.build()
}

/** `quant.static`, and then the model takes images of any size. */
export const quantizeForAnySize = defineStrategy({
  ...staticInt8,
  id: 'test.quantize',
  prepare: async (graph, options, context) => {
    const result = await staticInt8.prepare(graph, options, context)
    const inputs = result.graph.inputs.map(({ name }) => ({
      name,
      type: { dataType: 'float32' as const, shape: ['N', 1, null, null] },
    }))
    return { ...result, graph: { ...result.graph, inputs } }
  },
})

const int8 = { name: 'int8', use: [{ 'test.quantize': { samples: 32 } }] }

/** Seconds long. */
export const smallRecipes: Readonly<Record<'quantize' | 'train and quantize', RecipeInput>> = {
  quantize: {
    model: 'model.onnx',
    data: {},
    evaluate: { fidelitySamples: 16 },
    runtime: { threads: 1 },
    stages: [int8],
  },
  'train and quantize': {
    model: 'model.onnx',
    data: {},
    evaluate: { fidelitySamples: 16 },
    runtime: { threads: 1 },
    stages: [{ name: 'train', train: { epochs: 2, batchSize: 16, checkpointEvery: { steps: 3 } } }, int8],
  },
}
