import { type DataType, dataTypeName, isInteger } from '../data-type.ts'
import { apply } from '../evaluation/elementwise.ts'
import { defineEvaluator } from '../evaluation/evaluator.ts'
import { Cast as operator } from '../operators/Cast.ts'

/** output = input in another type (ONNX Cast); half floats, strings, and floats beyond the integer's range are left to the runtime */
export const Cast = defineEvaluator(operator, ({ input }, { to }) => {
  const dataType = dataTypeName(to)
  if (!dataType || !isPlain(input.dataType) || !isPlain(dataType)) return undefined
  return apply([input], dataType, (element = 0) => cast(element, dataType))
})

const isPlain = (dataType: DataType) =>
  /^u?int(8|16|32|64)$/.test(dataType) || dataType === 'bool' || dataType === 'float32' || dataType === 'float64'

function cast(element: number | bigint, to: DataType): number | bigint {
  if (to === 'bool') return Number(element) === 0 ? 0 : 1
  if (!isInteger(to)) return Number(element)
  const whole = BigInt(typeof element === 'number' ? Math.trunc(element) : element)
  if (typeof element === 'number' && !fits(whole, to)) throw new RangeError('The cast is undefined.')
  return to.endsWith('64') ? whole : Number(BigInt.asIntN(32, whole))
}

function fits(value: bigint, dataType: DataType): boolean {
  const bits = Number(/\d+$/.exec(dataType)?.[0])
  return (dataType.startsWith('u') ? BigInt.asUintN(bits, value) : BigInt.asIntN(bits, value)) === value
}
