import { readFileSync } from 'node:fs'
import {
  createBuilder,
  type DataSource,
  type GraphBuilder,
  type Node,
  type Tensor,
  type TensorData,
  tensorOf,
  type Value,
  withOutputs,
} from '@pare/core-graph'
import { createModel } from '@pare/models'
import { describe, expect, test } from 'vitest'
import { clamp, roundHalfToEven } from './affine.ts'
import { integerLayers, isDepthwise, productSums } from './integer-layers.ts'
import { quantizeStatic } from './quantize-static.ts'
import { cutOff, saturation } from './saturation.ts'
import { executor, numbersOf, run } from './testing/compare.ts'
import { noiseSource } from './testing/noise.ts'
import { saturatingLayers } from './testing/saturating-layers.ts'

/** What onnxruntime computed on a CPU with AVX2 and without VNNI (`testing/record-outputs.ts`). */
const recorded: Record<string, number[]> = JSON.parse(
  readFileSync(new URL('testing/without-vnni.json', import.meta.url), 'utf8'),
)

const singleSample = (x: TensorData): DataSource => ({
  size: x.dims[0],
  labelled: false,
  async *batches() {
    yield { inputs: { x }, labels: undefined, size: x.dims[0] ?? 0 }
  },
})

describe.each(saturatingLayers)('$name', ({ name, graph, input, outputScale }) => {
  const [layer] = integerLayers(graph)
  const levelsOf = async () => {
    if (!layer) throw new Error('there is no layer')
    const outputs = await run(withOutputs(graph, [layer.data]), { x: input })
    const activations = outputs[layer.data]
    if (!activations) throw new Error('there are no activations')
    const sums = productSums(layer, activations)
    const cut = isDepthwise(layer) ? new Int32Array(sums.rows * sums.outputs) : cutOff(layer, activations)
    /** [N, O, positions] or [M, N], as the model puts them out. */
    const rowsOfSample = layer.geometry === 'conv' ? sums.rows / (input.dims[0] ?? 1) : 1
    const levels = (withCut: boolean) =>
      Array.from({ length: sums.rows * sums.outputs }, (_, index) => {
        const position = index % rowsOfSample
        const output = Math.floor(index / rowsOfSample) % sums.outputs
        const row = Math.floor(index / rowsOfSample / sums.outputs) * rowsOfSample + position
        let sum = 0
        for (let k = 0; k < sums.depth; k++)
          sum += (sums.level(row, output, k) - layer.zeroPoint) * sums.weight(output, k)
        const kept = sum - (withCut ? (cut[row * sums.outputs + output] ?? 0) : 0)
        return clamp(roundHalfToEven(Math.fround(kept / outputScale)) + 128, 0, 255)
      })
    return { exact: levels(false), saturated: levels(true) }
  }

  test('the model of saturation gives every output of a CPU without VNNI', async () => {
    expect((await levelsOf()).saturated).toEqual(recorded[name])
  })

  test('every output that differs there is counted', async () => {
    const source = singleSample(input)
    const [found] = await saturation(graph, { executor, source })
    const { exact, saturated } = await levelsOf()
    const differing = exact.filter((level, index) => level !== saturated[index]).length
    expect(found?.elements.saturated).toBeGreaterThanOrEqual(differing)
    expect((found?.elements.saturated ?? 0) > 0).toBe(differing > 0)
  })

  // Operators with integer kernels of their own saturate wherever the CPU does.
  const isPairs = graph.nodes.every(({ op }) => op !== 'MatMulInteger' && op !== 'QGemm')
  test.runIf(isPairs)('without it, the outputs are those of exact arithmetic', async () => {
    const { y } = await run(graph, { x: input })
    expect((await levelsOf()).exact).toEqual(numbersOf(y).map(value => Math.round(value / outputScale) + 128))
  })
})

describe('layers as other tools write them', () => {
  const source = singleSample({ dataType: 'float32', dims: [1, 8], data: new Float32Array(8).fill(255) })
  /** y = MatMul(DQ(Q(x)), DQ(w)), every pair of whose products passes 16 bits. */
  const layer = (b: GraphBuilder, scale: Value, zeroPoint?: Value) => {
    const x = b.QuantizeLinear(b.input('x', 'float32', ['N', 8]), scale, zeroPoint)
    const w = b.DequantizeLinear(b.constant('int8', [8, 2], new Int8Array(16).fill(127)), scale)
    return b.MatMul(b.DequantizeLinear(x, scale, zeroPoint), w)
  }
  const found = [expect.objectContaining({ pairs: { risky: 8, all: 8 }, elements: { saturated: 2, all: 2 } })]

  test('a zero point that is left out is 0, of uint8', async () => {
    const b = createBuilder()
    b.output(layer(b, b.scalar(1)))
    expect(await saturation(b.build(), { executor, source })).toEqual(found)
  })

  test('samples come from a shuffle', async () => {
    const asked: unknown[] = []
    const asking: DataSource = {
      ...source,
      batches: options => {
        asked.push(options)
        return source.batches(options)
      },
    }
    const b = createBuilder()
    b.output(layer(b, b.scalar(1)))
    await saturation(b.build(), { executor, source: asking, samples: 3 })
    await saturation(b.build(), { executor, source: { ...asking, shuffles: false }, samples: 3 })
    const first = { batchSize: 1, limit: 3 }
    expect(asked).toEqual([{ ...first, shuffle: { seed: 0, epoch: 0 } }, first])
  })

  test('scales and zero points in Constant nodes', async () => {
    const b = createBuilder()
    const constant = (tensor: Tensor) => b.node('Constant', [], { value: tensor })[0] as Value
    b.output(layer(b, constant(tensorOf('float32', [], [1])), constant(tensorOf('uint8', [], [0]))))
    expect(await saturation(b.build(), { executor, source })).toEqual(found)
  })

  test('an operator set before 18, whose ReduceMean had its axes in an attribute', async () => {
    const b = createBuilder()
    const rows = b.ReduceMean(layer(b, b.scalar(1)), b.ints(1), { keepdims: 0 })
    b.output(b.Unsqueeze(rows, b.ints(1)))
    const graph = b.build()
    const nodes = graph.nodes.map((node): Node => {
      const axes = { kind: 'ints', value: [1] } as const
      return node.op === 'ReduceMean'
        ? { ...node, inputs: node.inputs.slice(0, 1), attributes: { ...node.attributes, axes } }
        : node
    })
    const old = { ...graph, nodes, opsets: new Map([['', 17]]) }
    expect(await saturation(old, { executor, source })).toEqual(found)
  })
})

describe('a whole model', () => {
  const source = noiseSource('input', [1, 28, 28], 4)
  const float = createModel('mobilenet-v1', { width: 0.25, input: [1, 28, 28], classes: 10 })
  const layersWith = async (weightBits: 7 | 8) => {
    const { graph } = await quantizeStatic(float, { executor, calibration: source }, { weightBits })
    return saturation(graph, { executor, source, samples: 2 })
  }

  test('8-bit weights: says which layers, how many of their outputs, and how much is cut off', async () => {
    const layers = await layersWith(8)
    expect(layers).toHaveLength(28)
    const depthwise = layers.filter(({ node }) => node.includes('depthwise'))
    expect(depthwise).toHaveLength(13)
    for (const { pairs } of depthwise) expect(pairs).toEqual({ risky: 0, all: 0 })
    for (const { pairs, elements, worst } of layers) {
      expect(pairs.risky).toBeLessThanOrEqual(pairs.all)
      expect(elements.saturated).toBeLessThanOrEqual(elements.all)
      expect(worst > 0).toBe(elements.saturated > 0)
    }
    expect(layers.some(({ pairs }) => pairs.risky > 0)).toBe(true)
  })

  test('7-bit weights: no pair can, so no sample is run', async () => {
    const layers = await layersWith(7)
    expect(layers).toHaveLength(28)
    for (const { pairs, elements } of layers) expect([pairs.risky, elements.all]).toEqual([0, 0])
  })
})
