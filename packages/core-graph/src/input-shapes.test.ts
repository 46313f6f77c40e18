import { describe, expect, it } from 'vitest'
import { inferTypes } from './infer.ts'
import { withInputShapes } from './input-shapes.ts'
import { graphOf, node } from './testing/graph-of.ts'

const graph = graphOf({
  inputs: { image: ['N', 3, null, 'W'], mask: ['N', 'W'] },
  nodes: [node('y', 'Relu', ['image'])],
  outputs: ['y'],
})

const shapeOf = (changed: typeof graph, name: string) => changed.inputs.find(input => input.name === name)?.type?.shape

describe('withInputShapes', () => {
  it('binds symbols in every input, and unknown dimensions in its own', () => {
    const bound = withInputShapes(graph, { image: [1, 3, 224, 192] })
    expect(shapeOf(bound, 'image')).toEqual([1, 3, 224, 192])
    expect(shapeOf(bound, 'mask')).toEqual([1, 192])
    expect(inferTypes(bound).values.get('y')?.shape).toEqual([1, 3, 224, 192])
    expect(shapeOf(graph, 'image')).toEqual(['N', 3, null, 'W'])
  })

  it.each([
    [{ picture: [1, 3, 224, 224] }, 'The model has no input named picture.'],
    [{ image: [3, 224, 224] }, 'The input image cannot have the shape [3,224,224]: it has 4 axes.'],
    [{ image: [1, 1, 28, 28] }, 'The input image cannot have the shape [1,1,28,28]: axis 1 (3) is 3.'],
    [
      { image: [1, 3, 0, 28] },
      'The input image cannot have the shape [1,3,0,28]: every size must be a positive integer.',
    ],
    [{ image: [2, 3, 8, 8], mask: [1, 8] }, 'The input mask cannot have the shape [1,8]: axis 0 (N) is 2.'],
  ])('refuses %o', (shapes, message) => {
    expect(() => withInputShapes(graph, shapes)).toThrow(
      expect.objectContaining({ code: 'MODEL_INPUT_SHAPE', message, hint: expect.any(String) }),
    )
  })
})
