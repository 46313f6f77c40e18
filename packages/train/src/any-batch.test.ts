import { createBuilder, type Graph, inferTypes, tensorOf, withInputShapes } from '@pare/core-graph'
import { createModel } from '@pare/models'
import { describe, expect, it } from 'vitest'
import { prepared, withBatchSize } from './model-state.ts'
import { stepGraph } from './step-graph.ts'
import { trainOptions } from './train-options.ts'

const model = createModel('resnet', { depth: 8, width: 0.5, input: [1, 8, 8], classes: 4, seed: 1 })
const fixed = (size: number) => withInputShapes(model, { input: [size, 1, 8, 8] })

/** A linear layer on an image that is flattened by numbers: the batch size as a first one, or within. */
function flattened(...shape: readonly number[]): Graph {
  const b = createBuilder('flattened')
  const weight = b.initializer('weight', tensorOf('float32', [8, 3], new Float32Array(24).fill(0.1)))
  const logits = b.MatMul(b.Reshape(b.input('input', 'float32', [1, 2, 2, 2]), b.ints(...shape)), weight)
  b.output(b.named(logits, 'logits'))
  return b.build()
}

const outputShape = (graph: Graph) => inferTypes(graph).values.get('logits')?.shape

describe('a model that was exported for one batch size', () => {
  it('is trained in batches of another: its step is that of the model for any size', () => {
    const step = (of: Graph) => stepGraph(withBatchSize(prepared(of), 16), trainOptions.parse({})).graph
    expect(step(fixed(1)).nodes).toEqual(step(model).nodes)
    expect(step(fixed(16)).nodes).toEqual(step(model).nodes)
  })

  it.each([
    ['all but the first axis', [1, -1]],
    ['numbers only', [1, 8]],
  ])('keeps the first axis where it flattens to %s', (_, shape) => {
    expect(outputShape(withBatchSize(prepared(flattened(...shape)), 5))).toEqual([5, 3])
  })

  it('is refused where something else has its size too', () => {
    const b = createBuilder('with-token')
    const token = b.initializer('token', tensorOf('float32', [1, 1, 3], [1, 2, 3]))
    const tokens = b.Concat([token, b.input('input', 'float32', [1, 4, 3])], { axis: 1 })
    b.output(b.named(b.ReduceMean(tokens, b.ints(1), { keepdims: 0 }), 'logits'))
    expect(() => withBatchSize(prepared(b.build()), 5)).toThrow(
      expect.objectContaining({
        code: 'MODEL_BATCH_SIZE',
        message: 'The model with-token was exported for batches of 1, and cannot be made to take 5.',
      }),
    )
  })
})
