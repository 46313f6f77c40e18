import { createBuilder, type Graph, simplify, type TensorData, tensorFloats, tensorOf } from '@pare/core-graph'
import { createModel } from '@pare/models'
import { describe, expect, test } from 'vitest'
import { quantizeStatic } from './quantize-static.ts'
import { executor, run } from './testing/compare.ts'
import { noise, noiseSource } from './testing/noise.ts'

const calibration = noiseSource('input', [1, 28, 28], 64)

/** The mean of each channel of `[N, C, …]`. */
function channelMeans({ dims, data }: TensorData): number[] {
  const [batch = 1, channels = 1] = dims
  const area = data.length / batch / channels
  const means = Array<number>(channels).fill(0)
  for (const [index, value] of data.entries()) {
    const channel = Math.floor(index / area) % channels
    means[channel] = (means[channel] ?? 0) + Number(value) / batch / area
  }
  return means
}

/** What each layer makes of all calibration samples, by the layer's name: each channel's mean. */
async function meansOf(graph: Graph, layers: ReadonlyMap<string, string>) {
  const feeds = { input: await samplesOf() }
  const outputs = [...layers.values()].map(name => ({ name, type: undefined }))
  const results = await run({ ...graph, outputs }, feeds)
  return new Map([...layers].map(([node, value]) => [node, channelMeans(results[value] as TensorData)]))
}

async function samplesOf(): Promise<TensorData> {
  const parts: number[] = []
  for await (const { inputs } of calibration.batches({ batchSize: 32 }))
    parts.push(...Array.from(inputs.input?.data ?? [], Number))
  return { dataType: 'float32', dims: [64, 1, 28, 28], data: Float32Array.from(parts) }
}

const outputsOf = (graph: Graph, nodes: readonly string[]) =>
  new Map(nodes.map(name => [name, graph.nodes.find(node => node.name === name)?.outputs[0] ?? '']))

describe.each([{ perChannel: true }, { perChannel: false }])(
  'MobileNetV1, perChannel: $perChannel',
  ({ perChannel }) => {
    const graph = createModel('mobilenet-v1', { width: 0.25, input: [1, 28, 28], classes: 10 })
    const { graph: float } = simplify(graph)
    const layers = float.nodes.filter(({ op }) => op === 'Conv' || op === 'Gemm').map(({ name }) => name)
    const made = quantizeStatic(graph, { executor, calibration }, { perChannel, biasCorrection: true, bias: 'float' })

    test('every layer makes on average what it makes in float', async () => {
      const plain = await quantizeStatic(graph, { executor, calibration }, { perChannel })
      const { graph: int8 } = await made
      const wanted = await meansOf(float, outputsOf(float, layers))
      const distance = async (candidate: Graph) => {
        const got = await meansOf(candidate, outputsOf(candidate, layers))
        return layers.map(layer => {
          const [a, b] = [wanted.get(layer) ?? [], got.get(layer) ?? []]
          return (
            Math.max(...a.map((mean, channel) => Math.abs(mean - (b[channel] ?? 0)))) / Math.max(...a.map(Math.abs))
          )
        })
      }
      const [before, after] = [await distance(plain.graph), await distance(int8)]
      // Biases stay float here, since int32 would round them. What is left are values at the border of two levels.
      for (const share of after) expect(share).toBeLessThan(1e-3)
      expect(Math.max(...before)).toBeGreaterThan(0.01)
    })

    test('the details name every layer', async () => {
      const { details } = await made
      expect(details.correctedBiases?.map(({ node }) => node)).toEqual(layers)
    })
  },
)

test('by hand: a weight of 0.6 levels is rounded up, and the bias takes the mean of that back', async () => {
  const b = createBuilder('hand')
  const x = b.input('input', 'float32', ['N', 2, 1, 1])
  // One scale of 1: the second weight, 0.6, becomes 1.
  const w = b.initializer('w', tensorOf('float32', [1, 2, 1, 1], [127, 0.6]))
  b.output(b.named(b.Conv(x, w), 'y'))
  const data = Float32Array.from([0, 10, 0, 20, 0, 0, 255, 255])
  const source = {
    size: 4,
    labelled: false,
    async *batches() {
      yield {
        inputs: { input: { dataType: 'float32', dims: [4, 2, 1, 1], data } as const },
        labels: undefined,
        size: 4,
      }
    },
  }
  const { graph } = await quantizeStatic(
    b.build(),
    { executor, calibration: source },
    { biasCorrection: true, bias: 'float' },
  )
  const [bias] = [...graph.initializers]
    .filter(([name]) => name.endsWith('/bias'))
    .map(([, tensor]) => tensorFloats(tensor)[0])
  expect(bias).toBeCloseTo(-0.4 * ((10 + 20 + 0 + 255) / 4), 4)
})

test('a bias that two layers share becomes one for each', async () => {
  const b = createBuilder('shared')
  const x = b.input('input', 'float32', ['N', 2, 4, 4])
  const bias = b.initializer('bias', tensorOf('float32', [2], [1, -1]))
  const weights = (name: string) =>
    b.initializer(name, tensorOf('float32', [2, 2, 3, 3], noise([2, 2, 3, 3], name.length).data))
  const first = b.Relu(b.Conv(x, weights('w1'), bias, { pads: [1, 1, 1, 1] }))
  b.output(b.named(b.Conv(first, weights('w12'), bias), 'y'))
  const source = noiseSource('input', [2, 4, 4], 8)
  const { graph, details } = await quantizeStatic(
    b.build(),
    { executor, calibration: source },
    { biasCorrection: true },
  )
  expect(details.correctedBiases).toHaveLength(2)
  expect([...graph.initializers.keys()].filter(name => name.endsWith('bias/q'))).toEqual([
    'Conv/bias/q',
    'Conv_1/bias/q',
  ])
})
