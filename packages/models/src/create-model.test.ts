import { cost, elementCount, type Graph, graphIndex, inferTypes, saveModel, tensorFloats } from '@pare/core-graph'
import { createExecutor } from '@pare/runtime'
import { describe, expect, it } from 'vitest'
import { createModel, type ModelId, modelIds } from './create-model.ts'

/** As papers count them: the running statistics of BatchNormalization are no parameters. */
const parametersOf = (graph: Graph) =>
  [...graph.initializers]
    .filter(([name]) => /\/(weight|bias|scale|shift)$/.test(name))
    .reduce((sum, [, { dims }]) => sum + elementCount(dims), 0)

async function logitsOf(graph: Graph, [channels = 1, height = 1, width = 1]: readonly number[]) {
  await using session = await createExecutor().open(graph)
  const data = Float32Array.from({ length: 2 * channels * height * width }, (_, place) => Math.sin(place))
  const { logits } = await session.run({ input: { dataType: 'float32', dims: [2, channels, height, width], data } })
  return logits
}

describe('createModel', () => {
  // Parameters: torchvision's tables (MobileNetV2, ResNet), and the sum over the paper's table for MobileNetV1.
  it.each([
    ['mobilenet-v1', {}, 4_231_976, 569e6],
    ['mobilenet-v1', { width: 0.5 }, 1_331_592, 149e6],
    ['mobilenet-v2', {}, 3_504_872, 300e6],
    ['resnet', { depth: 18 }, 11_689_512, 1.81e9],
    ['resnet', { depth: 50 }, 25_557_032, 4.09e9],
  ] as const)('%s %j has the paper’s parameters and multiply-adds', (id, options, parameters, macs) => {
    const graph = createModel(id, options)
    expect(parametersOf(graph)).toBe(parameters)
    expect(cost(graph).total.macs / macs).toBeCloseTo(1, 2)
  })

  // He et al. 2016, table 6: 0.27 M and 0.46 M parameters (there with parameter-free shortcuts), 0.66 M for 44 layers.
  it.each([
    [20, 0.27],
    [32, 0.46],
    [44, 0.66],
  ] as const)('ResNet-%i for CIFAR-10 has about %f M parameters', (depth, millions) => {
    const graph = createModel('resnet', { depth, input: [3, 32, 32], classes: 10 })
    expect(parametersOf(graph) / 1e6).toBeCloseTo(millions, 1)
  })

  it.each(modelIds)('%s runs: [N, C, H, W] → [N, classes]', async id => {
    const graph = createModel(id, { width: 0.25, input: [1, 28, 28], classes: 10 })
    expect(graph.inputs[0]).toMatchObject({ name: 'input', type: { shape: ['N', 1, 28, 28] } })
    expect(graph.outputs[0]).toMatchObject({ name: 'logits', type: { shape: ['N', 10] } })
    const logits = await logitsOf(graph, [1, 28, 28])
    expect(logits?.dims).toEqual([2, 10])
    expect(Array.from(logits?.data ?? [], Number).every(Number.isFinite)).toBe(true)
  })

  it('makes a stem of stride 1 for small images and of stride 2 for others, or as it is told', () => {
    const stemSize = (id: ModelId, options: Parameters<typeof createModel>[1]) => {
      const graph = createModel(id, { ...options, width: 0.25 })
      const stem = graphIndex(graph).users.get('input')?.[0]?.outputs[0] ?? ''
      return inferTypes(graph).values.get(stem)?.shape?.[2]
    }
    expect(stemSize('mobilenet-v1', { input: [3, 63, 63] })).toBe(63)
    expect(stemSize('mobilenet-v2', { input: [3, 64, 64] })).toBe(32)
    expect(stemSize('resnet', { input: [3, 32, 32], stemStride: 2 })).toBe(16)
  })

  it('gives the same bytes for the same seed, and other weights for another', () => {
    const bytes = (seed: number) => saveModel(createModel('mobilenet-v1', { width: 0.25, classes: 10, seed })).model
    expect(bytes(3)).toEqual(bytes(3))
    expect(bytes(3)).not.toEqual(bytes(4))
  })

  it('draws weights with the variance 2 / fan-in', () => {
    const weight = createModel('resnet', { depth: 20 }).initializers.get('stage3/block3/conv2/weight')
    const values = weight ? tensorFloats(weight) : new Float32Array()
    const variance = values.reduce((sum, value) => sum + value * value, 0) / values.length
    expect(variance * 64 * 9).toBeCloseTo(2, 1)
  })

  it('names nodes and weights after their place', () => {
    const graph = createModel('mobilenet-v1', { width: 0.25 })
    const nodes = graph.nodes.map(node => node.name)
    expect(nodes.slice(0, 5)).toEqual([
      'stem/Conv',
      'stem/BatchNormalization',
      'stem/Relu',
      'block1/depthwise/Conv',
      'block1/depthwise/BatchNormalization',
    ])
    expect(nodes).toContain('block13/pointwise/Conv')
    expect([...graph.initializers.keys()]).toContain('classifier/weight')
  })

  it.each<[ModelId, object, string]>([
    ['mobilenet-v1', { width: -1, depth: 18 }, 'width must be above 0; it takes no depth.'],
    ['resnet', { depth: 9 }, 'depth must be one of 8, 14, 18, 20, 32, 34, 44, 50.'],
    ['mobilenet-v2', { width: 5 }, 'width must be at most 4.'],
    ['mobilenet-v2', { input: [3, 2.5, 4] }, 'input.1: expected int, received number.'],
  ])('says which option of %s is wrong: %j', (id, options, problem) => {
    expect(() => createModel(id, options as Parameters<typeof createModel>[1])).toThrow(
      expect.objectContaining({
        code: 'RECIPE_MODEL_OPTIONS',
        message: `${id} cannot be made so: ${problem}`,
        hint: expect.stringMatching(/^Its options are .*classes/),
      }),
    )
  })
})
