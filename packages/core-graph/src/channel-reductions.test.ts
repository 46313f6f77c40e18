import { expect, test } from 'vitest'
import { createBuilder } from './builder.ts'
import { type ChannelReduction, channelReductions } from './channel-reductions.ts'
import type { DataSource, Executor } from './ports.ts'

/** Two channels, and two samples at a time: `[2, 2, 3]`. */
function model() {
  const b = createBuilder()
  b.output(b.named(b.Relu(b.input('x', 'float32', [2, 2, 3])), 'y'))
  return b.build()
}

const source: DataSource = {
  size: 3,
  labelled: false,
  batches: async function* ({ limit = 3 }) {
    const data = new Float32Array(limit * 6)
    yield { inputs: { x: { dataType: 'float32', dims: [limit, 2, 3], data } }, labels: undefined, size: limit }
  },
}

/** Gives the numbers 1, 2 for each output of a graph. */
const executor: Executor = {
  open: async ({ outputs }) => ({
    inputNames: ['x'],
    outputNames: outputs.map(({ name }) => name),
    run: async () =>
      Object.fromEntries(
        outputs.map(({ name }) => [name, { dataType: 'float32', dims: [2], data: Float32Array.of(1, 2) }]),
      ),
    dispose: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  }),
}

test('every channel has its number, also where fewer samples than channels fill up a fixed batch', async () => {
  const mean: ChannelReduction = {
    value: 'y',
    axis: 1,
    reduce: (b, value, others) => b.ReduceMean(value, others, { keepdims: 0 }),
  }
  const setup = { executor, source, samples: 3, batchSize: 3, seed: 1 }
  const runs = []
  for await (const run of channelReductions(model(), [mean], setup)) runs.push(run)
  expect(runs).toEqual([
    { size: 2, numbers: [[1, 2]] },
    { size: 1, numbers: [[1, 2]] },
  ])
})
