import {
  DataError,
  type DataType,
  halfToNumber,
  isFloat,
  isInteger,
  newTypedArray,
  type TypedArray,
} from '@pare/core-graph'

/** For errors: the model's input, and the array that feeds it. */
interface Route {
  readonly input: string
  readonly array: string
}

/**
 * The elements in the type that a model's input takes: any number as float32 or float64 (rounded to it), integers and
 * truth values as other integers that can hold them.
 * @throws DataError `DATA_TYPE` where types do not go together, or a value does not fit
 */
export function convertElements(elements: TypedArray, from: DataType, to: DataType, route: Route): TypedArray {
  if (from === to) return elements
  const numbers = from === 'float16' ? Float32Array.from(elements as Uint16Array, halfToNumber) : elements
  const isWhole = (type: DataType) => isInteger(type) || type === 'bool'
  if (to === 'float32' || to === 'float64') return asFloats(numbers, to)
  if (isWhole(from) && isWhole(to)) return asIntegers(elements, to, route)
  throw new DataError({
    code: 'DATA_TYPE',
    message: `The model's input ${route.input} takes ${to}, but ${route.array} is ${from}.`,
    hint: !numpyTypes.has(to)
      ? 'No array of NumPy or Parquet holds that: put a Cast before this input of the model.'
      : isFloat(from) && isWhole(to)
        ? `Save it as integers, if that is what it holds: astype(np.${numpyName(to)}).`
        : `Save it as such: astype(np.${numpyName(to)}).`,
  })
}

const numpyTypes: ReadonlySet<DataType> = new Set([
  ...(['bool', 'int8', 'int16', 'int32', 'int64', 'uint8', 'uint16', 'uint32', 'uint64'] as const),
  ...(['float16', 'float32', 'float64'] as const),
])

const numpyName = (type: DataType) => (type === 'bool' ? 'bool_' : type)

function asFloats(elements: TypedArray, to: 'float32' | 'float64'): TypedArray {
  const result = to === 'float32' ? new Float32Array(elements.length) : new Float64Array(elements.length)
  if (!(elements instanceof BigInt64Array || elements instanceof BigUint64Array)) result.set(elements)
  else for (const [index, element] of elements.entries()) result[index] = Number(element)
  return result
}

function asIntegers(elements: TypedArray, to: DataType, { input, array }: Route): TypedArray {
  const result = newTypedArray(to, elements.length)
  const isBig = result instanceof BigInt64Array || result instanceof BigUint64Array
  for (const [index, element] of elements.entries()) {
    result[index] = (isBig ? BigInt(element) : Number(element)) as never
    if (BigInt(result[index] ?? 0) !== BigInt(element) || (to === 'bool' && element > 1))
      throw new DataError({
        code: 'DATA_TYPE',
        message: `${array} holds ${element}, which is no ${to}, as the model's input ${input} takes it.`,
        hint: 'Is this the array for this input?',
      })
  }
  return result
}
