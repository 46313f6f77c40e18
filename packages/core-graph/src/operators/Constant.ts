import type { Node } from '../graph.ts'
import { attribute, defineOperator } from '../operator.ts'
import { type Tensor, tensorOf } from '../tensor.ts'

/** output = the one attribute that is given; sparse and string values have none here (ONNX Constant) */
export const Constant = defineOperator({
  op: 'Constant',
  inputs: [],
  outputs: ['output'],
  attributes: {
    value: attribute.optional.tensor(),
    value_float: attribute.optional.float(),
    value_floats: attribute.optional.floats(),
    value_int: attribute.optional.int(),
    value_ints: attribute.optional.ints(),
  },
  infer: (_, { value, value_float: float, value_floats: floats, value_int: int, value_ints: ints }, { node }) => {
    const constant =
      value ?? constantOf('float32', float, floats) ?? exactIntegers(node) ?? constantOf('int64', int, ints)
    return constant ? { output: { dataType: constant.dataType, shape: constant.dims, constant } } : {}
  },
})

function constantOf(
  dataType: 'float32' | 'int64',
  scalar: number | undefined,
  list: readonly number[] | undefined,
): Tensor | undefined {
  if (scalar !== undefined) return tensorOf(dataType, [], [scalar])
  return list && tensorOf(dataType, [list.length], list)
}

/** As the file has them: an attribute's numbers are rounded beyond 2^53. */
function exactIntegers({ attributes: { value_int: int, value_ints: ints } }: Node): Tensor | undefined {
  if (int?.source) return tensorOf('int64', [], BigInt64Array.of(int.source.i))
  return ints?.source && tensorOf('int64', [ints.source.ints.length], BigInt64Array.from(ints.source.ints))
}
