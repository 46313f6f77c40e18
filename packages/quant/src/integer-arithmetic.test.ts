import { createBuilder, type Graph, tensorNumbers, tensorOf } from '@pare/core-graph'
import { expect, test } from 'vitest'
import type { Affine } from './affine.ts'
import { quantizeStatic } from './quantize-static.ts'
import { executor, numbersOf, run } from './testing/compare.ts'
import {
  type IntegerWeights,
  integerAdd,
  integerConv,
  integerGlobalAverage,
  type Levels,
} from './testing/integer-reference.ts'
import { noise, noiseSource } from './testing/noise.ts'

/** x → Conv 3×3 → Relu → depthwise 3×3 → Relu → Conv 1×1 → + its input → Relu → average → Gemm */
function residualNet(): Graph {
  const b = createBuilder('residual')
  const weights = (name: string, dims: readonly number[], seed: number) =>
    b.initializer(name, tensorOf('float32', dims, noise(dims, seed).data))
  const pads = [1, 1, 1, 1]
  const x = b.input('x', 'float32', ['N', 3, 8, 8])
  const stem = b.named(
    b.Relu(b.Conv(x, weights('stem', [6, 3, 3, 3], 1), weights('stem/b', [6], 2), { pads })),
    'stem/y',
  )
  const depthwise = b.named(
    b.Relu(b.Conv(stem, weights('dw', [6, 1, 3, 3], 3), weights('dw/b', [6], 4), { pads, group: 6 })),
    'dw/y',
  )
  const pointwise = b.named(b.Conv(depthwise, weights('pw', [6, 6, 1, 1], 5), weights('pw/b', [6], 6)), 'pw/y')
  const sum = b.named(b.Relu(b.Add(pointwise, stem)), 'sum')
  const mean = b.named(b.GlobalAveragePool(sum), 'mean')
  const logits = b.Gemm(b.Flatten(mean), weights('fc', [4, 6], 7), weights('fc/b', [4], 8), { transB: 1 })
  b.output(b.named(logits, 'logits'))
  return b.build()
}

/** Adds the levels behind the named values to a quantized graph's outputs. */
const withLevels = (graph: Graph, names: readonly string[]): Graph => ({
  ...graph,
  outputs: [
    ...graph.outputs,
    ...names.map(name => ({ name: `${name}/q`, type: { dataType: 'uint8' as const, shape: undefined } })),
  ],
})

test('each layer of the Q/DQ graph computes what integer arithmetic gives, to within a step', async () => {
  const { graph, details } = await quantizeStatic(residualNet(), {
    executor,
    calibration: noiseSource('x', [3, 8, 8], 64),
  })
  const names = ['x', 'stem/y', 'dw/y', 'pw/y', 'sum', 'mean']
  const outputs = await run(withLevels(graph, names), { x: noise([4, 3, 8, 8], 1000) })
  const affines = new Map<string, Affine>(details.values.map(({ name, ...value }) => [name, value]))
  const affineOf = (name: string): Affine => affines.get(name) ?? { dataType: 'uint8', scale: Number.NaN, zeroPoint: 0 }
  const levels = (name: string): Levels => ({
    dims: outputs[`${name}/q`]?.dims ?? [],
    levels: numbersOf(outputs[`${name}/q`]),
    affine: affineOf(name),
  })
  const constant = (name: string) => {
    const tensor = graph.initializers.get(name)
    return tensor ? tensorNumbers(tensor) : []
  }
  const weights = (name: string): IntegerWeights => ({
    dims: graph.initializers.get(`${name}/q`)?.dims ?? [],
    levels: constant(`${name}/q`),
    bias: constant(`${name}/b/q`),
    scales: constant(`${name}/q/s`),
  })
  const agrees = (name: string, expected: Levels) => {
    const got = levels(name)
    expect(got.dims).toEqual(expected.dims)
    const differences = got.levels.map((level, index) => Math.abs(level - (expected.levels[index] ?? Number.NaN)))
    expect(Math.max(...differences)).toBeLessThanOrEqual(1)
    expect(differences.filter(difference => difference > 0).length / differences.length).toBeLessThan(0.01)
    // A test of nothing but zeros would pass with any weights.
    expect(new Set(got.levels).size).toBeGreaterThan(10)
  }
  agrees('stem/y', integerConv(levels('x'), weights('stem'), affineOf('stem/y'), { pad: 1 }))
  agrees('dw/y', integerConv(levels('stem/y'), weights('dw'), affineOf('dw/y'), { pad: 1, group: 6 }))
  agrees('pw/y', integerConv(levels('dw/y'), weights('pw'), affineOf('pw/y')))
  agrees('sum', integerAdd(levels('pw/y'), levels('stem/y'), affineOf('sum')))
  agrees('mean', integerGlobalAverage(levels('sum'), affineOf('mean')))

  // The last layer returns floats.
  const fc = weights('fc')
  expect(fc.bias).toHaveLength(4)
  const mean = levels('mean')
  for (const [index, logit] of numbersOf(outputs.logits).entries()) {
    const [row, column] = [Math.floor(index / 4), index % 4]
    let sum = fc.bias[column] ?? 0
    for (let i = 0; i < 6; i++)
      sum += ((mean.levels[row * 6 + i] ?? 0) - mean.affine.zeroPoint) * (fc.levels[column * 6 + i] ?? 0)
    expect(logit).toBeCloseTo(sum * mean.affine.scale * (fc.scales[column] ?? 0), 4)
  }
})
