import {
  type Batch,
  createBuilder,
  type DataSource,
  type Executor,
  type Graph,
  type GraphBuilder,
  tensorFloats,
  tensorOf,
  type Value,
} from '@pare/core-graph'
import { describe, expect, test } from 'vitest'
import { quantizeStatic } from '../quantize-static.ts'
import { executor } from '../testing/compare.ts'
import { noise } from '../testing/noise.ts'
import type { Cause } from './cause.ts'
import { causes } from './causes/registry.ts'
import { explain } from './explain.ts'
import type { Explanation } from './explanation.ts'

const size = 64

/** Images whose values lie evenly from 0 to `high`; `change` alters a sample. */
function images(high = 1, change: (sample: Float32Array, index: number) => void = () => {}): DataSource {
  const samples = Array.from({ length: size }, (_, index) => {
    const normal = Array.from(noise([3, 12, 12], index + 1).data, Number)
    const sample = Float32Array.from(normal, value => high * (0.5 + 0.5 * Math.tanh(value)))
    change(sample, index)
    return sample
  })
  return {
    size,
    labelled: false,
    async *batches({ batchSize, limit = size }): AsyncGenerator<Batch> {
      for (let first = 0; first < Math.min(limit, size); first += batchSize) {
        const some = samples.slice(first, Math.min(first + batchSize, limit, size))
        const data = new Float32Array(some.flatMap(sample => [...sample]))
        yield {
          inputs: { input: { dataType: 'float32', dims: [some.length, 3, 12, 12], data } },
          labels: undefined,
          size: some.length,
        }
      }
    },
  }
}

const initial = (b: GraphBuilder, name: string, dims: readonly number[], seed: number): Value => {
  const inputs = dims.slice(1).reduce((a, c) => a * c, 1)
  const scale = Math.sqrt(2 / inputs)
  return b.initializer(
    name,
    tensorOf(
      'float32',
      dims,
      Float32Array.from(Array.from(noise(dims, seed).data, Number), value => scale * value),
    ),
  )
}

const conv = (b: GraphBuilder, x: Value, name: string, dims: readonly number[], group = 1): Value =>
  b.scope(name, () => {
    const bias = b.initializer(
      `${name}/b`,
      tensorOf('float32', [dims[0] ?? 1], new Float32Array(dims[0] ?? 1).fill(0.05)),
    )
    return b.Relu(
      b.Conv(x, initial(b, `${name}/w`, dims, name.length + (dims[0] ?? 0)), bias, {
        group,
        pads: [1, 1, 1, 1].map(pad => (dims[2] === 3 ? pad : 0)),
      }),
    )
  })

/** stem → depthwise → pointwise → depthwise → pointwise → classes */
function small(): Graph {
  const b = createBuilder('small')
  const x = b.input('input', 'float32', ['N', 3, 12, 12])
  const stem = conv(b, x, 'stem', [16, 3, 3, 3])
  const first = conv(b, conv(b, stem, 'depthwise1', [16, 1, 3, 3], 16), 'pointwise1', [24, 16, 1, 1])
  const second = conv(b, conv(b, first, 'depthwise2', [24, 1, 3, 3], 24), 'pointwise2', [16, 24, 1, 1])
  b.output(b.named(b.Gemm(b.Flatten(second), initial(b, 'classes/w', [16 * 144, 8], 5)), 'logits'))
  return b.build()
}

/** With the weights of one tensor changed, element by element. */
function changed(graph: Graph, name: string, change: (value: number, index: number) => number): Graph {
  const tensor = graph.initializers.get(name)
  if (!tensor) throw new Error(`There is no ${name}.`)
  const values = Float32Array.from(tensorFloats(tensor), change)
  return { ...graph, initializers: new Map(graph.initializers).set(name, tensorOf('float32', tensor.dims, values)) }
}

const clean = images()
type Options = Parameters<typeof quantizeStatic>[2]
const explained = async (
  float: Graph,
  {
    options = {},
    calibration = clean,
    source = clean,
    runs = executor,
  }: { options?: Options; calibration?: DataSource; source?: DataSource; runs?: Executor } = {},
) => {
  const { graph: int8 } = await quantizeStatic(float, { executor, calibration }, options)
  return explain(float, int8, { executor: runs, source })
}
const firstOf = ({ findings }: Explanation) => findings.filter(({ confirmed }) => confirmed)[0]

describe('faults planted on purpose are named first', () => {
  test('a channel of weights 50 times as large, and its consumer’s 1/50', async () => {
    const outlying = changed(
      changed(
        changed(small(), 'pointwise1/w', (value, index) => (Math.floor(index / 16) === 5 ? 50 * value : value)),
        'pointwise1/b',
        (value, channel) => (channel === 5 ? 50 * value : value),
      ),
      'depthwise2/w',
      (value, index) => (Math.floor(index / 9) === 5 ? value / 50 : value),
    )
    const explanation = await explained(outlying)
    expect(firstOf(explanation)).toMatchObject({
      cause: 'outlying-weight-channel',
      experiment: { change: { 'quant.static': { equalize: true } } },
    })
  })

  test('one huge outlier among the calibration data', async () => {
    const calibration = images(1, (sample, index) => {
      if (index === 7) sample[50] = 80
    })
    const explanation = await explained(small(), { calibration })
    expect(firstOf(explanation)?.cause).toBe('long-tailed-activation')
    expect(firstOf(explanation)?.sentence).toContain('the calibration data held values of another kind')
  })

  test('a depthwise layer under one scale', async () => {
    const uneven = changed(
      changed(
        changed(small(), 'stem/w', (value, index) => (Math.floor(index / 27) === 3 ? value / 40 : value)),
        'stem/b',
        (value, channel) => (channel === 3 ? value / 40 : value),
      ),
      'depthwise1/w',
      (value, index) => (Math.floor(index / 9) === 3 ? 40 * value : value),
    )
    const explanation = await explained(uneven, { options: { perChannel: false } })
    expect(firstOf(explanation)).toMatchObject({ cause: 'depthwise-one-scale', nodes: ['depthwise1/Conv'] })
  })

  test('a Concat of ranges 1 and 100', async () => {
    const b = createBuilder('joined')
    const x = b.input('input', 'float32', ['N', 3, 12, 12])
    const narrow = conv(b, x, 'narrow', [8, 3, 3, 3])
    const wide = conv(b, x, 'wide', [8, 3, 3, 3])
    const joined = b.Concat([narrow, wide], { axis: 1 })
    const last = conv(b, joined, 'last', [16, 16, 1, 1])
    b.output(b.named(b.Gemm(b.Flatten(last), initial(b, 'classes/w', [16 * 144, 8], 5)), 'logits'))
    const apart = changed(
      changed(
        changed(b.build(), 'wide/w', value => 100 * value),
        'wide/b',
        value => 100 * value,
      ),
      'last/w',
      (value, index) => (index % 16 < 8 ? value : value / 1000),
    )
    const explanation = await explained(apart)
    expect(firstOf(explanation)).toMatchObject({
      cause: 'shared-scale',
      experiment: { change: { 'quant.static': { exclude: ['Concat', 'last/Conv'] } } },
    })
  })

  test('inputs from 0 to 255 for a model of 0 to 1', async () => {
    const explanation = await explained(small(), { source: images(255) })
    expect(firstOf(explanation)).toMatchObject({ cause: 'input-statistics', nodes: [] })
    expect(explanation.findings[0]?.experiment?.gain).toBeGreaterThan(10)
  })
})

describe('faults of the options', () => {
  test('an observer that cuts off too much', async () => {
    const explanation = await explained(small(), { options: { observer: { percentile: { percentile: 85 } } } })
    expect(firstOf(explanation)).toMatchObject({
      cause: 'saturated-activation',
      experiment: { change: { 'quant.static': { observer: 'min-max' } } },
    })
  })

  test('kernels that saturate, as on x86 CPUs without VNNI', async () => {
    const saturating: Executor = {
      open: async (graph, options = {}) => {
        const session = await executor.open(graph, options)
        const isExact = options.optimize === false || options.fusesQuantization === false
        if (isExact || !graph.nodes.some(({ op }) => op === 'QuantizeLinear')) return session
        return {
          ...session,
          inputNames: session.inputNames,
          outputNames: session.outputNames,
          dispose: () => session.dispose(),
          [Symbol.asyncDispose]: () => session.dispose(),
          run: async (...call) => {
            const outputs = await session.run(...call)
            for (const { data } of Object.values(outputs))
              if (data instanceof Float32Array)
                for (const [index, value] of data.entries()) data[index] = Math.min(value, 0.2)
            return outputs
          },
        }
      },
    }
    const explanation = await explained(small(), { runs: saturating })
    expect(firstOf(explanation)).toMatchObject({
      cause: 'accumulator-saturation',
      experiment: { change: { 'quant.static': { weightBits: 7 } } },
    })
  })
})

test('of a sound model nothing is told, and layers are ranked by the noise that they add', async () => {
  const progress: number[] = []
  const float = small()
  const { graph: int8 } = await quantizeStatic(float, { executor, calibration: clean })
  const explanation = await explain(float, int8, {
    executor,
    source: clean,
    layers: 2,
    progress: ({ done }) => progress.push(done),
  })
  expect(explanation.findings.filter(({ confirmed }) => confirmed)).toEqual([])
  expect(explanation.layers).toHaveLength(2)
  expect(explanation.notes).toEqual([])
  expect(progress).toEqual([1, 2, 3])
  expect(JSON.parse(JSON.stringify(explanation))).toEqual(explanation)
})

test('a model that was equalized is held against the float model in its own scales', async () => {
  const explanation = await explained(small(), { options: { equalize: true } })
  expect(explanation.before.sqnr).toBeGreaterThan(25)
  for (const { sqnr } of explanation.layers) expect(sqnr).toBeGreaterThan(20)
  expect(explanation.notes).toEqual([])
})

test('a model whose weights are not those of the float one is told to be another', async () => {
  const float = small()
  const { graph: other } = await quantizeStatic(
    changed(float, 'classes/w', (value, index) => value * (1 + (index % 3))),
    { executor, calibration: clean },
  )
  const { notes } = await explain(float, other, { executor, source: clean })
  expect(notes).toEqual([expect.stringContaining('its weights were trained, or rounded in another way')])
})

test.each(Object.entries<Cause>(causes))('%s has its name, a title and one way to be found', (id, cause) => {
  expect(cause.id).toBe(id)
  expect(cause.title).toMatch(/^[a-z].*[a-z0-9]$/)
  expect([cause.inLayer, cause.inModel].filter(Boolean)).toHaveLength(1)
})
