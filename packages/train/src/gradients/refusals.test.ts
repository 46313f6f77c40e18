import { createBuilder, type GraphBuilder, type Value } from '@pare/core-graph'
import { describe, expect, it } from 'vitest'
import { gradients } from '../autodiff.ts'

/** What is said of a node whose gradient is asked for; x:[1, 1, 4, 4]. */
function refusalOf(make: (b: GraphBuilder, x: Value) => Value): unknown {
  const b = createBuilder('refused')
  const loss = b.ReduceSum(make(b, b.input('x', 'float32', [1, 1, 4, 4])), undefined, { keepdims: 0 })
  b.output(loss)
  try {
    gradients(b.build(), loss.name, ['x'])
    return undefined
  } catch (error) {
    return error
  }
}

const sizes = (b: GraphBuilder) => b.input('sizes', 'int64', [1])

describe('a node whose gradient cannot be written', () => {
  it.each<[string, string, (b: GraphBuilder, x: Value) => Value]>([
    [
      'Resize by cubic interpolation',
      'x is resized by cubic interpolation, which has no gradient.',
      (b, x) => b.Resize(x, undefined, undefined, b.ints(1, 1, 8, 8), { mode: 'cubic' }),
    ],
    [
      'Resize with antialiasing',
      'x is resized by linear interpolation with antialiasing, which has no gradient.',
      (b, x) => b.Resize(x, undefined, undefined, b.ints(1, 1, 2, 2), { mode: 'linear', antialias: 1 }),
    ],
    [
      'quantization in blocks',
      'x is quantized in blocks of 2, which has no gradient.',
      (b, x) => {
        const scale = b.constant('float32', [1, 1, 2, 4], Array(8).fill(1))
        const levels = b.QuantizeLinear(x, scale, undefined, { axis: 2, block_size: 2 })
        return b.DequantizeLinear(levels, b.scalar(1))
      },
    ],
    [
      'Dropout in training form without its mask',
      'A Dropout of x in training form has no output mask, so that it has no gradient.',
      (b, x) => b.Dropout(x, b.scalar(0.5), b.constant('bool', [], [1])),
    ],
    [
      'a reduction over axes that are computed',
      'sizes is computed by the graph; a gradient that depends on it takes a constant.',
      (b, x) => b.ReduceSum(x, sizes(b)),
    ],
    [
      'Split with a part left out',
      'A Split of x leaves out a part, so that it has no gradient.',
      (b, x) =>
        b.add({
          name: 'parts',
          op: 'Split',
          domain: '',
          inputs: [x.name],
          outputs: ['', 'second'],
          attributes: { axis: { kind: 'int', value: 2 }, num_outputs: { kind: 'int', value: 2 } },
        })[0] ?? x,
    ],
  ])('is told: %s', (_, message, make) => {
    expect(refusalOf(make)).toEqual(
      expect.objectContaining({ code: 'MODEL_GRADIENT', message, hint: expect.any(String) }),
    )
  })
})
