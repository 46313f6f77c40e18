import { type DataType, isInteger } from '../data-type.ts'
import { newTypedArray, type Tensor, tensorElements, tensorOf } from '../tensor.ts'
import { broadcastDims, broadcastTo } from './strided.ts'

/**
 * An operation on numbers, and the same on integers. Floats are computed in float64 and rounded once, which is the correctly rounded float32
 * result for +, −, ·, / and √; integers wrap around as in C.
 */
export interface Arithmetic {
  readonly float: (...operands: number[]) => number
  /** Undefined where the operator takes no integers. */
  readonly integer?: (...operands: bigint[]) => bigint
}

/** Applies an operation element by element, operands broadcast; undefined for types it is not known for, and for what integers cannot (x/0). */
export function elementwise(operands: readonly Tensor[], { float, integer }: Arithmetic): Tensor | undefined {
  const dataType = operands[0]?.dataType
  if (dataType === 'float32' || dataType === 'float64') return apply(operands, dataType, float as Operation)
  if (!dataType || !integer || !isInteger(dataType)) return undefined
  if (dataType === 'int64' || dataType === 'uint64') return apply(operands, dataType, integer as Operation)
  const narrow = (...items: number[]) => Number(BigInt.asIntN(32, integer(...items.map(BigInt))))
  return apply(operands, dataType, narrow as Operation)
}

/** An operation on elements as they lie in their typed array. */
type Operation = (...operands: readonly (number | bigint)[]) => number | bigint

/** Applies an operation whose result has the given type; undefined when shapes do not broadcast or it throws a RangeError. */
export function apply(operands: readonly Tensor[], dataType: DataType, operation: Operation): Tensor | undefined {
  const dims = broadcastDims(...operands.map(operand => operand.dims))
  if (!dims) return undefined
  const elements = operands.map(operand => tensorElements(broadcastTo(operand, dims)))
  const result = newTypedArray(dataType, elements[0]?.length ?? 0)
  try {
    for (let index = 0; index < result.length; index++)
      result[index] = operation(...elements.map(array => array[index] ?? 0)) as never
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
  return tensorOf(dataType, dims, result)
}
