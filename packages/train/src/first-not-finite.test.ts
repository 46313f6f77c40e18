import { createBuilder, type Graph, tensorOf, type Value } from '@pare/core-graph'
import { createExecutor } from '@pare/runtime'
import { describe, expect, it } from 'vitest'
import { memoryStore } from './testing/memory-store.ts'
import { accuracyOn, patternClasses, patternShape, patterns } from './testing/patterns.ts'
import { type TrainSetup, train } from './train.ts'

type Builder = ReturnType<typeof createBuilder>

/** flatten → hidden layer → `change` → classifier */
function model(change: (b: Builder, hidden: Value) => Value): Graph {
  const b = createBuilder('planted')
  const x = b.Flatten(b.input('input', 'float32', [null, ...patternShape]))
  const weight = (name: string, ...dims: number[]) => {
    const length = dims.reduce((product, size) => product * size, 1)
    const data = Float32Array.from({ length }, (_, index) => 0.1 * Math.sin(index + 1))
    return b.initializer(name, tensorOf('float32', dims, data))
  }
  const hidden = b.MatMul(x, weight('hidden/weight', 64, 8))
  b.output(b.named(b.MatMul(change(b, hidden), weight('classifier/weight', 8, patternClasses)), 'logits'))
  return b.build()
}

const setup: TrainSetup = {
  options: {
    epochs: 2,
    batchSize: 16,
    optimizer: { learningRate: 0.01 },
    schedule: { kind: 'constant', warmupEpochs: 0 },
  },
  source: patterns(64, 1),
  executor: createExecutor({ threads: 1 }),
  evaluate: accuracyOn(patterns(32, 2)),
  seed: 1,
}
const diverging = async (graph: Graph, given: Partial<TrainSetup> = {}) => {
  try {
    await train(graph, { ...setup, ...given })
  } catch (error) {
    return error
  }
  return undefined
}

describe('a training whose loss is lost says which tensor was first', () => {
  it('a logarithm of negative numbers', async () => {
    const planted = model((b, hidden) => b.scope('planted', () => b.Relu(b.Log(hidden))))
    for (const lowering of [true, false])
      expect(await diverging(planted, { options: { ...setup.options, lowering } })).toMatchObject({
        code: 'RUN_DIVERGED',
        message: expect.stringMatching(
          /^The loss is no number any more \(epoch 1, step 1\); first to be none was planted\/Log\S*, which node planted\/Log\S* \(Log\) makes\.$/,
        ),
      })
  })

  it('a learning rate that throws the weights out of bounds', async () => {
    const optimizer = { learningRate: 1e30 }
    const plain = model((b, hidden) => b.Mul(hidden, hidden))
    expect(await diverging(plain, { options: { ...setup.options, optimizer } })).toMatchObject({
      code: 'RUN_DIVERGED',
      message: expect.stringMatching(
        /\(epoch 1, step 2\); first to be none was Mul\S*, which node Mul\S* \(Mul\) makes\.$/,
      ),
    })
  })

  it('a sample with a number that is none, in a later epoch', async () => {
    const source = {
      ...setup.source,
      batches: async function* (options: Parameters<typeof setup.source.batches>[0]) {
        let place = options.skip ?? 0
        for await (const batch of setup.source.batches(options)) {
          if (options.shuffle?.epoch === 1 && place++ === 2) batch.inputs.input?.data.fill(Number.NaN as never, 0, 1)
          yield batch
        }
      },
    }
    expect(
      await diverging(
        model((_, hidden) => hidden),
        { source, checkpoint: memoryStore() },
      ),
    ).toMatchObject({
      code: 'RUN_DIVERGED',
      message: 'The loss is no number any more (epoch 2, step 3); first to be none was the input input.',
      hint: expect.stringContaining('The last good state is 0001-000000 in memory.'),
    })
  })

  it('a gradient that is infinite: the weight that it was taken from', async () => {
    // The slope of √x at 0
    const planted = model((b, hidden) => b.Sqrt(b.Mul(hidden, b.scalar(0))))
    expect(await diverging(planted)).toMatchObject({
      code: 'RUN_DIVERGED',
      message: expect.stringMatching(/step 2\); first to be none was the weight hidden\/weight\.$/),
    })
  })

  it('and not a mask that is infinite on purpose', async () => {
    const mask = [0, 0, 0, 0, 0, 0, 0, Number.NEGATIVE_INFINITY]
    const masked = (b: Builder, hidden: Value) => b.Softmax(b.Add(hidden, b.constant('float32', [8], mask)))
    expect(await diverging(model(masked))).toBeUndefined()
    const planted = model((b, hidden) => b.Mul(masked(b, hidden), b.Sqrt(b.Neg(b.Abs(hidden)))))
    expect(await diverging(planted)).toMatchObject({ message: expect.stringMatching(/first to be none was Sqrt/) })
  })
})
