import type { DataType, GraphBuilder, Value } from '@pare/core-graph'
import { dimensionsOf, swapAxes } from './shapes.ts'

/** A tensor, or a number, which stands for a scalar of the type of the tensor that it meets. */
export type Operand = Value | number

/**
 * Formulas over a builder: `ops.mul(ops.sub(a, b), 0.5)`. Tensors are broadcast together as in ONNX; every function
 * makes standard ONNX operators that have gradient rules.
 */
export interface Expressions {
  /** For operators that have no function here: `ops.builder.Sigmoid(x)`. */
  readonly builder: GraphBuilder
  /** a + b */
  add(a: Operand, b: Operand): Value
  /** a − b */
  sub(a: Operand, b: Operand): Value
  /** a·b */
  mul(a: Operand, b: Operand): Value
  /** a/b */
  div(a: Operand, b: Operand): Value
  /** aᵇ */
  pow(a: Operand, b: Operand): Value
  /** The smaller one of each pair of elements. */
  min(a: Operand, b: Operand): Value
  /** The greater one of each pair of elements. */
  max(a: Operand, b: Operand): Value
  /** −x */
  neg(x: Value): Value
  /** |x| */
  abs(x: Value): Value
  /** √x */
  sqrt(x: Value): Value
  /** x² */
  square(x: Value): Value
  /** eˣ */
  exp(x: Value): Value
  /** The natural logarithm. */
  log(x: Value): Value
  /** Sum over the given axes, which are gone then; without axes over all: a scalar. */
  sum(x: Value, axes?: readonly number[]): Value
  /** Mean over the given axes, which are gone then; without axes over all: a scalar. */
  mean(x: Value, axes?: readonly number[]): Value
  /** eˣ / Σ eˣ along the last axis, safe for large x. */
  softmax(x: Value): Value
  /** The logarithm of `softmax`, safe for large x. */
  logSoftmax(x: Value): Value
  /** The matrix product of the last two axes. */
  matmul(a: Value, b: Value): Value
  /** Swaps the last two axes. */
  transpose(x: Value): Value
  /** In another shape; 0 keeps the dimension at this place, −1 takes what is left. */
  reshape(x: Value, shape: readonly number[]): Value
}

/** Formulas that make nodes with this builder. */
export function expressions(b: GraphBuilder): Expressions {
  const lift = (operand: Operand, like: DataType) => (typeof operand === 'number' ? b.scalar(operand, like) : operand)
  const typeOf = (operands: readonly Operand[]): DataType =>
    operands.find(operand => typeof operand !== 'number')?.dataType ?? 'float32'
  const binary = (make: (a: Value, b: Value) => Value) => (first: Operand, second: Operand) => {
    const type = typeOf([first, second])
    return make(lift(first, type), lift(second, type))
  }
  const over = (axes: readonly number[] | undefined) => axes && b.ints(...axes)
  return {
    builder: b,
    add: binary(b.Add),
    sub: binary(b.Sub),
    mul: binary(b.Mul),
    div: binary(b.Div),
    pow: binary(b.Pow),
    min: binary((first, second) => b.Min([first, second])),
    max: binary((first, second) => b.Max([first, second])),
    neg: b.Neg,
    abs: b.Abs,
    sqrt: b.Sqrt,
    square: x => b.Mul(x, x),
    exp: b.Exp,
    log: b.Log,
    sum: (x, axes) => b.ReduceSum(x, over(axes), { keepdims: 0 }),
    mean: (x, axes) => b.ReduceMean(x, over(axes), { keepdims: 0 }),
    softmax: x => b.Softmax(x, { axis: -1 }),
    logSoftmax: x => b.LogSoftmax(x, { axis: -1 }),
    matmul: b.MatMul,
    transpose: x => swapAxes(b, x, dimensionsOf(x).length - 2, dimensionsOf(x).length - 1),
    reshape: (x, shape) => b.Reshape(x, b.ints(...shape)),
  }
}
