import type { DataType } from '../data-type.ts'
import type { Node } from '../graph.ts'
import { type Tensor, tensorBytes } from '../tensor.ts'
import { about, quantizationsOf } from '../validation/quantization.ts'
import { defineValidationRule, type ValidationContext } from '../validation/rule.ts'

/** Levels of 7 bits: two products of one with a u8 level fit into 16 bits, 2 · 255 · 64 < 2¹⁵. */
const limit = 64

/**
 * Kernels that add two products of 8-bit activations and s8 weights at 16 bits saturate where weights use all 8 bits;
 * s8 activations are made u8 before.
 */
export const targetWeightBits = defineValidationRule({
  id: 'target-weight-bits',
  severity: 'warning',
  demands: 'int8 weights beside 8-bit activations keep to 7 bits where a CPU of the target would saturate.',
  *check(context) {
    const { target } = context
    if (!target?.saturates || target.quantization.weights.bits !== 7) return
    const told = new Set<Tensor>()
    for (const { node, name, weights } of [...behindPairs(context), ...ofIntegerOperators(context)]) {
      if (weights?.dataType !== 'int8' || weights.dims.length < 2 || told.has(weights)) continue
      told.add(weights)
      const level = firstBeyond(weights)
      if (level !== undefined)
        yield {
          message: `The weights ${name} have the level ${level}; sums of products saturate on some CPUs of ${target.id} beyond ±${limit}.`,
          hint: `Quantize the float model for it (target: ${target.id}), which keeps weights to 7 bits.`,
          ...about(node),
          value: name,
        }
    }
  },
})

interface Weights {
  readonly node: Node
  readonly name: string
  readonly weights: Tensor | undefined
}

/** What is dequantized, where activations are quantized to 8 bits. */
function behindPairs(context: ValidationContext): readonly Weights[] {
  const quantizations = quantizationsOf(context)
  const is8Bit = (type: DataType | undefined) => type === 'uint8' || type === 'int8'
  if (!quantizations.some(({ isQuantize, quantizedType }) => isQuantize && is8Bit(quantizedType))) return []
  return quantizations
    .filter(({ isQuantize }) => !isQuantize)
    .map(({ node, x }) => ({ node, name: node.inputs[0] ?? '', weights: x?.constant }))
}

/** Where operators that multiply 8-bit integers have their weights. */
const weightInputs: ReadonlyMap<string, number> = new Map([
  [':MatMulInteger', 1],
  [':QLinearConv', 3],
  [':QLinearMatMul', 3],
  ['com.microsoft:QGemm', 3],
])

const ofIntegerOperators = ({ inference }: ValidationContext): readonly Weights[] =>
  inference().bodies.flatMap(({ body, values }) =>
    body.nodes.flatMap(node => {
      const index = weightInputs.get(`${node.domain}:${node.op}`)
      const name = index === undefined ? '' : (node.inputs[index] ?? '')
      return name === '' ? [] : [{ node, name, weights: values.get(name)?.constant }]
    }),
  )

function firstBeyond(tensor: Tensor): number | undefined {
  const { buffer, byteOffset, byteLength } = tensorBytes(tensor)
  return new Int8Array(buffer, byteOffset, byteLength).find(level => level > limit || level < -limit)
}
