import { createBuilder, type Graph, type Target, targets, tensorNumbers, validate } from '@pare/core-graph'
import { createModel } from '@pare/models'
import { describe, expect, test } from 'vitest'
import { quantizeStatic } from './quantize-static.ts'
import { executor, numbersOf, run, signalToNoise } from './testing/compare.ts'
import { noise, noiseSource } from './testing/noise.ts'

const calibration = noiseSource('input', [1, 28, 28], 32)
const float = createModel('mobilenet-v1', { width: 0.25, input: [1, 28, 28], classes: 10 })
const quantizeFor = (target: Target, options = {}) =>
  quantizeStatic(float, { executor, calibration, target }, { samples: 32, ...options })

/** The zero points of the activations: of whatever a QuantizeLinear makes. */
const zeroPoints = (graph: Graph) =>
  graph.nodes
    .filter(({ op }) => op === 'QuantizeLinear')
    .map(({ inputs }) => graph.initializers.get(inputs[2] ?? ''))
    .map(tensor => tensor && { dataType: tensor.dataType, value: tensorNumbers(tensor)[0] })

const int8Weights = (graph: Graph) =>
  [...graph.initializers.values()].filter(({ dataType, dims }) => dataType === 'int8' && dims.length > 1)

const sources = (graph: Graph, node: { readonly inputs: readonly string[] }) =>
  node.inputs.map(name => graph.nodes.find(({ outputs }) => outputs.includes(name))?.op ?? 'initializer')

describe.each(Object.values(targets))('$id', target => {
  const made = quantizeFor(target)

  test('the strict check finds nothing, not even a warning', async () => {
    expect(validate((await made).graph, { target })).toEqual([])
  })

  test('takes every type and zero point of the activations', async () => {
    const middle = { uint8: 128, int8: 0 }
    for (const zeroPoint of zeroPoints((await made).graph)) {
      expect(target.quantizedTypes).toContain(zeroPoint?.dataType)
      if (target.symmetricOnly) expect(zeroPoint?.value).toBe(middle[zeroPoint?.dataType as 'uint8' | 'int8'])
    }
  })

  test('no two products of weights and 8-bit activations pass 16 bits where its kernels would saturate', async () => {
    const { graph } = await made
    const greatest = int8Weights(graph)
      .flatMap(tensor => tensorNumbers(tensor))
      .reduce((most, level) => Math.max(most, Math.abs(level)), 0)
    expect(greatest).toBe(target.saturates ? 64 : 127)
    if (target.saturates) expect(2 * 255 * greatest).toBeLessThan(2 ** 15)
  })

  test('biases are of the type that it takes', async () => {
    const { graph } = await made
    const convs = graph.nodes.filter(({ op }) => op === 'Conv').map(node => sources(graph, node)[2])
    const expected = target.quantization.bias === 'float' ? 'initializer' : 'DequantizeLinear'
    expect(new Set(convs)).toEqual(new Set([expected]))
  })

  test('the model computes nearly the same as the float model', async () => {
    const feeds = { input: noise([32, 1, 28, 28], 77) }
    const [reference, other] = [await run(float, feeds), await run((await made).graph, feeds)]
    expect(signalToNoise(numbersOf(reference.logits), numbersOf(other.logits))).toBeGreaterThan(12)
  })
})

test('an option stands above the target, and what the target cannot take is refused', async () => {
  const { details } = await quantizeFor(targets['onnxruntime-node'], { weightBits: 8, symmetric: true })
  expect(details.quantization).toEqual({
    activations: { dataType: 'uint8', symmetric: true },
    weights: { bits: 8, perChannel: true },
    bias: 'int32',
  })
  for (const options of [{ activations: 'uint8' }, { symmetric: false }, { bias: 'int32' }])
    await expect(quantizeFor(targets.tensorrt, options)).rejects.toMatchObject({ code: 'RECIPE_TARGET' })
})

test('a float bias stays as it is, whatever the weights become', async () => {
  const b = createBuilder()
  const x = b.input('input', 'float32', ['N', 1, 28, 28])
  const bias = b.constant('float32', [2], [0.5, -0.25])
  b.output(b.named(b.Conv(x, b.constant('float32', [2, 1, 1, 1], [1, -2]), bias), 'y'))
  const graph = b.build()
  const { graph: int8 } = await quantizeStatic(graph, { executor, calibration, target: targets.tensorrt })
  const conv = int8.nodes.find(({ op }) => op === 'Conv')
  const kept = int8.initializers.get(conv?.inputs[2] ?? '')
  expect(kept && tensorNumbers(kept)).toEqual([0.5, -0.25])
})
