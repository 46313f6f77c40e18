import { type AttributeInput, attribute, type GraphBuilder, type Value } from '@pare/core-graph'

/**
 * onnxruntime's own operators that lowering uses, and small idioms over rows `[C, M]`.
 * Sources: docs/ContribOperators.md of onnxruntime; core/graph/nchwc_schema_defs.cc for the domain `com.microsoft.nchwc`.
 */

const contrib = 'com.microsoft'
const blocked = 'com.microsoft.nchwc'

interface Call {
  readonly domain: string
  readonly shape: readonly number[]
  readonly attributes?: Readonly<Record<string, AttributeInput>>
}

function call(
  b: GraphBuilder,
  op: string,
  inputs: readonly (Value | undefined)[],
  { domain, shape, attributes }: Call,
): Value {
  const options = {
    domain,
    outputTypes: [{ dataType: 'float32', shape }],
    specs: { activation_params: attribute.optional.floats() },
  } as const
  const [made] = b.node(op, inputs, attributes, options)
  if (made) return made
  throw new Error(`${op} has an output.`)
}

const sizeOf = ({ shape }: Value, axis: number): number => Number(shape?.at(axis))

/** A′·B′ of matrices, A′ or B′ transposed. */
export function product(
  b: GraphBuilder,
  A: Value,
  B: Value,
  { transA = 0, transB = 0 }: { transA?: 0 | 1; transB?: 0 | 1 } = {},
): Value {
  if (!transA && !transB) return b.MatMul(A, B)
  const shape = [sizeOf(A, transA ? 1 : 0), sizeOf(B, transB ? 0 : 1)]
  return call(b, 'FusedMatMul', [A, B], { domain: contrib, shape, attributes: { transA, transB } })
}

/** Σ of each row: [C, M] → [C] */
export const rowSum = (b: GraphBuilder, rows: Value): Value => b.ReduceSum(rows, b.ints(1), { keepdims: 0 })

/** Σ of the products of two rows, for each row: [C, M], [C, M] → [C]. Read once, where Mul and ReduceSum also write. */
export function rowDot(b: GraphBuilder, first: Value, second: Value): Value {
  const [channels, elements] = [sizeOf(first, 0), sizeOf(first, 1)]
  const apart = (rows: Value) => b.Reshape(rows, b.ints(channels, 1, elements))
  const inputs = [apart(first), apart(second)]
  const dots = call(b, 'FusedMatMul', inputs, { domain: contrib, shape: [channels, 1, 1], attributes: { transB: 1 } })
  return b.Reshape(dots, b.ints(channels))
}

/**
 * 1 where values lie above a bound (below it, for a negative `sign`) and 0 elsewhere: HardSigmoid, which clips α·x + β to
 * 0 … 1, with so steep a slope that it is a step. A power of two is exact, so that at the bound itself it is 0. One pass,
 * where a comparison and a Cast are two that are slower.
 */
export const isBeyond = (b: GraphBuilder, values: Value, bound: number, sign: 1 | -1 = 1): Value =>
  b.HardSigmoid(values, { alpha: sign * 2 ** 100, beta: -sign * 2 ** 100 * bound })

/** What FusedConv applies to its result. */
export interface Activation {
  readonly activation: string
  readonly activation_params?: readonly number[]
}

/**
 * activation(factor·rows + shift + added), all in one pass: a convolution in which each channel is a group and each
 * element a pixel. rows, added:[C, M], factor, shift:[C]
 */
export function scaleAndShift(
  b: GraphBuilder,
  rows: Value,
  {
    factor,
    shift,
    added,
    activation,
  }: { factor: Value; shift: Value; added?: Value | undefined; activation?: Activation | undefined },
): Value {
  const [channels, elements] = [sizeOf(rows, 0), sizeOf(rows, 1)]
  const image = (value: Value) => b.Reshape(value, b.ints(1, channels, 1, elements))
  const inputs = [image(rows), b.Reshape(factor, b.ints(channels, 1, 1, 1)), shift]
  const made = call(b, 'FusedConv', added ? [...inputs, image(added)] : inputs, {
    domain: contrib,
    shape: [1, channels, 1, elements],
    attributes: { group: channels, kernel_shape: [1, 1], ...activation },
  })
  return b.Reshape(made, b.ints(channels, elements))
}

/** The window of a blocked convolution, and the sizes of the images that it makes. */
export interface BlockedWindow {
  readonly kernel: readonly number[]
  readonly pads: readonly number[]
  readonly strides: readonly number[]
  readonly dilations: readonly number[]
  readonly result: readonly number[]
}

/**
 * onnxruntime's convolution of images whose channels lie side by side in blocks, `[N, C/b, *s, b]`.
 * X:[N, C, *s], W:[O, C/group, *k] → [N, O, *s′], by their logical shapes
 */
export function blockedConvolution(b: GraphBuilder, X: Value, W: Value, group: number, window: BlockedWindow): Value {
  const { kernel, pads, strides, dilations, result } = window
  return call(b, 'Conv', [X, W], {
    domain: blocked,
    shape: [sizeOf(X, 0), sizeOf(W, 0), ...result],
    attributes: { group, kernel_shape: kernel, pads, strides, dilations },
  })
}
