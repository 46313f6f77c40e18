import { createBuilder, createRandom, type Graph, randomNormal, tensorOf } from '@pare/core-graph'
import { createExecutor } from '@pare/runtime'
import { describe, expect, it } from 'vitest'
import { withBatchSize } from './model-state.ts'
import { openStep } from './open-step.ts'
import { stepGraph } from './step-graph.ts'
import { patternClasses, patternShape, patterns } from './testing/patterns.ts'
import { trainOptions } from './train-options.ts'

/** A convolution and a linear layer, whose inputs and weights are rounded to 8 bits. */
function fakeQuantized(): Graph {
  const b = createBuilder('fake-quantized')
  const random = createRandom(1)
  const weight = (name: string, ...dims: number[]) => {
    const length = dims.reduce((product, size) => product * size)
    return b.initializer(
      name,
      tensorOf(
        'float32',
        dims,
        Float32Array.from({ length }, () => 0.3 * randomNormal(random)),
      ),
    )
  }
  const rounded = (value: ReturnType<typeof weight>, scale: number) => {
    const zero = b.constant('int8', [], [0])
    return b.DequantizeLinear(b.QuantizeLinear(value, b.scalar(scale), zero), b.scalar(scale), zero)
  }
  const image = b.input('input', 'float32', ['N', ...patternShape])
  const conv = { kernel_shape: [3, 3], pads: [1, 1, 1, 1], strides: [2, 2] }
  const features = b.Relu(b.Conv(rounded(image, 1 / 32), rounded(weight('first', 16, 1, 3, 3), 1 / 128), conv))
  const logits = b.MatMul(
    b.Flatten(rounded(features, 1 / 32)),
    rounded(weight('second', 16 * 16, patternClasses), 1 / 128),
  )
  b.output(b.named(logits, 'logits'))
  return b.build()
}

describe('a step of a model with fake quantization', () => {
  it.each([
    ['in standard operators', false],
    ['lowered', true],
  ])('learns %s, each pair of roundings kept', async (_, lowering) => {
    const trainable = ['first', 'second']
    const step = stepGraph(withBatchSize(fakeQuantized(), 16, trainable), trainOptions.parse({}), { trainable })
    await using opened = await openStep(step, { executor: createExecutor({ threads: 1 }), lowering })
    const losses: number[] = []
    for (let epoch = 0; epoch < 5; epoch++)
      for await (const batch of patterns(64, 1).batches({ batchSize: 16 }))
        losses.push((await opened.run(batch, 0.05)).loss)
    expect(losses.at(-1)).toBeLessThan((losses[0] ?? 0) / 2)
  })
})
