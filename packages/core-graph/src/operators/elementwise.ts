import type { DataType } from '../data-type.ts'
import type { Dimension } from '../graph.ts'
import { type AttributeSpecs, attribute, defineOperator, sameAs, typed } from '../operator.ts'
import { axisOf } from './axis.ts'
import { broadcastShapes } from './broadcast.ts'
import { combineElements } from './elements.ts'

/** Element by element, of the type and shape of its only input; X → Y where the specification gives these names. */
export const defineUnary = <const Op extends string, const Attributes extends AttributeSpecs = Record<never, never>>(
  op: Op,
  attributes: Attributes = {} as Attributes,
) => defineOperator({ op, inputs: ['X'], outputs: ['Y'], attributes, infer: ({ X }) => ({ Y: sameAs(X) }) })

/** As `defineUnary`, for the operators whose specification says input → output. */
export const defineUnaryOfInput = <
  const Op extends string,
  const Attributes extends AttributeSpecs = Record<never, never>,
>(
  op: Op,
  attributes: Attributes = {} as Attributes,
) =>
  defineOperator({
    op,
    inputs: ['input'],
    outputs: ['output'],
    attributes,
    infer: ({ input }) => ({ output: sameAs(input) }),
  })

/** As `defineUnaryOfInput`, for what looks at one axis at a time, the last by default. */
export const defineAlongAxis = <const Op extends string>(op: Op) =>
  defineOperator({
    op,
    inputs: ['input'],
    outputs: ['output'],
    attributes: { axis: attribute.int(-1) },
    infer: ({ input }, { axis }, { node }) => {
      if (input.shape) axisOf(axis, input.shape.length, node)
      return { output: sameAs(input) }
    },
  })

/**
 * C = f(A, B), broadcast.
 * @param result type of C; default that of A
 * @param fold f for the elements of shapes on their way to Reshape; null where it cannot be known
 */
export const defineBinary = <const Op extends string>(
  op: Op,
  { result, fold }: { readonly result?: DataType; readonly fold?: (a: Dimension, b: Dimension) => Dimension } = {},
) =>
  defineOperator({
    op,
    inputs: ['A', 'B'],
    outputs: ['C'],
    infer: ({ A, B }, _, { node }) => {
      const shape = broadcastShapes([A.shape, B.shape], node)
      const elements = fold && combineElements([A, B], (a = null, b = null) => fold(a, b))
      return { C: { dataType: result ?? A.dataType, shape, ...(elements ? { elements } : {}) } }
    },
  })

/** f of two numbers; `unit` as the second leaves a symbol as it is. */
export const numeric =
  (f: (a: number, b: number) => number, unit: number) =>
  (a: Dimension, b: Dimension): Dimension => {
    if (b === unit) return a
    const result = typeof a === 'number' && typeof b === 'number' ? f(a, b) : null
    // A division by zero is for the runtime to judge.
    return Number.isSafeInteger(result) ? result : null
  }

/** Any number of inputs, broadcast together. */
export const defineVariadic = <const Op extends string, const Output extends string>(op: Op, output: Output) =>
  defineOperator({
    op,
    inputs: ['data_0...'],
    outputs: [output],
    infer: ({ data_0: data }, _, { node }) =>
      ({
        [output]: typed(
          data[0]?.dataType ?? 'undefined',
          broadcastShapes(
            data.map(({ shape }) => shape),
            node,
          ),
        ),
      }) as never,
  })
