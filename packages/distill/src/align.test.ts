import { createBuilder, type Graph, type TensorData, tensorOf } from '@pare/core-graph'
import { describe, expect, it } from 'vitest'
import { channelWise } from './strategies/channel-wise.ts'
import { fsp } from './strategies/fsp.ts'
import { lesson, taught } from './testing/lesson.ts'
import { numbersOf, randomTensor, runGraph } from './testing/run-graph.ts'

describe('sizes', () => {
  /** A tensor of the student of this shape, another of the teacher. */
  async function aligned(own: readonly number[], other: readonly number[]) {
    const graph = (shape: readonly number[], scale: number): Graph => {
      const b = createBuilder('model')
      const x = b.input('input', 'float32', ['N', 2, 60])
      const features = b.Mul(b.Reshape(x, b.ints(0, -1)), b.initializer('scale', tensorOf('float32', [1], [scale])))
      const size = shape.reduce((product, length) => product * length, 1)
      b.output(
        b.named(b.Reshape(b.Slice(features, b.ints(0), b.ints(size), b.ints(1)), b.ints(0, ...shape)), 'features'),
      )
      return b.build()
    }
    const options = channelWise.options.parse({ pairs: [{ student: 'features', teacher: 'features' }] })
    const [first, second] = [graph(own, 1), graph(other, 2)]
    const { training } = await channelWise.prepare(first, options, lesson(second).context)
    const extended = training?.extend?.(first) ?? first
    const terms = training?.terms
    const [term] = typeof terms === 'function' ? terms(extended) : []
    const names = [String(term?.student), String(term?.teacher)]
    const x = randomTensor(1, 2, 2, 60)
    const values = await runGraph(extended, { input: x }, names)
    const alone = await runGraph(extended, { input: x }, ['features', 'teacher/features'])
    return { student: values[names[0] ?? ''], teacher: values[names[1] ?? ''], alone }
  }

  it('that are no multiples are interpolated linearly, as at the centres of pixels', async () => {
    const { student: own, teacher: other, alone } = await aligned([1, 6, 6], [1, 4, 4])
    expect(own?.dims).toEqual([2, 1, 4, 4])
    expect(other).toEqual(alone['teacher/features'])
    // Pixel 0 of 4 lies at (0 + ½)·6/4 − ½ = ¼ of 6.
    const [a = 0, b = 0] = numbersOf(alone.features)
    const [c = 0, d = 0] = numbersOf(alone.features).slice(6)
    expect(numbersOf(own)[0]).toBeCloseTo(0.75 * (0.75 * a + 0.25 * b) + 0.25 * (0.75 * c + 0.25 * d), 5)
  })

  it('of tokens are averaged likewise, along the sequence', async () => {
    const { student: own, teacher: other, alone } = await aligned([3, 5], [6, 5])
    expect(own).toEqual(alone.features)
    expect(other?.dims).toEqual([2, 3, 5])
    const rows = numbersOf(alone['teacher/features'])
    const means = Array.from({ length: 15 }, (_, place) => {
      const start = 10 * Math.floor(place / 5) + (place % 5)
      return ((rows[start] ?? 0) + (rows[start + 5] ?? 0)) / 2
    })
    for (const [place, value] of means.entries()) expect(numbersOf(other)[place]).toBeCloseTo(value, 5)
  })

  it('of channels of tokens are learned by a linear layer', async () => {
    const { student: own, teacher: other } = await aligned([4, 3], [4, 5])
    expect(own?.dims).toEqual([2, 4, 5])
    expect(other?.dims).toEqual([2, 4, 5])
  })
})

it('a flow in numbers: G = 1/(H·W)·Σ F₁·F₂', async () => {
  // Two pixels, features (1, 2) and (3, −1): G = (1·3 + 2·(−1))/2 = ½; the teacher's, of (1, 1) and (1, 3), is 2.
  const model = (from: readonly number[], to: readonly number[]) => {
    const b = createBuilder('flows')
    const x = b.input('input', 'float32', ['N', 1, 1, 2])
    const weight = b.initializer('weight', tensorOf('float32', [1, 1, 1, 1], [1]))
    const kept = b.named(b.Conv(x, weight), 'kept')
    b.output(b.named(b.Add(kept, b.constant('float32', [1, 1, 1, 2], from)), 'first'))
    b.output(b.named(b.Add(kept, b.constant('float32', [1, 1, 1, 2], to)), 'second'))
    return b.build()
  }
  const [own, other] = [model([1, 2], [3, -1]), model([1, 1], [1, 3])]
  const pairs = [{ student: ['first', 'second'], teacher: ['first', 'second'] }]
  const result = await fsp.prepare(own, fsp.options.parse({ pairs }), lesson(other).context)
  const zeros: TensorData = { dataType: 'float32', dims: [2, 1, 1, 2], data: new Float32Array(4) }
  const source = {
    size: 2,
    labelled: false,
    batches: async function* () {
      yield { inputs: { input: structuredClone(zeros) }, labels: undefined, size: 2 }
    },
  }
  const { epochs } = await taught(own, [result], source, { epochs: 1, batchSize: 2 })
  expect(epochs[0]?.terms.fsp).toBeCloseTo((0.5 - 2) ** 2, 5)
})
