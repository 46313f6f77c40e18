import type { Node } from '../graph.ts'
import type { InferredBody } from '../validation/inference.ts'
import { about, isQuantization, labelOf, numbersOf, quantizationOf } from '../validation/quantization.ts'
import { defineValidationRule } from '../validation/rule.ts'

/**
 * Integer kernels add the bias to the sum of products of levels, whose scale is that of the input times that of the
 * weights (Jacob et al. 2018, "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only
 * Inference", eq. 11): with another scale it is rescaled, or the layer is not run in integers.
 */
export const quantizationBiasScale = defineValidationRule({
  id: 'quantization-bias-scale',
  severity: 'warning',
  demands: 'The scale of an int32 bias is the scale of the input times the scale of the weights.',
  *check({ inference }) {
    for (const inferred of inference().bodies) {
      const producers = new Map(inferred.body.nodes.flatMap(node => node.outputs.map(name => [name, node] as const)))
      for (const node of inferred.body.nodes) {
        if (!isBiased(node)) continue
        const [data, weights, bias] = [0, 1, 2].map(at => scalesBehind(producers.get(node.inputs[at] ?? ''), inferred))
        if (!data || !weights || !bias || bias.type !== 'int32') continue
        const index = bias.scales.findIndex((scale, at) => {
          const product = (data.scales[0] ?? 0) * (weights.scales[weights.scales.length === 1 ? 0 : at] ?? 0)
          return Math.abs(scale - product) > 1e-5 * product
        })
        if (index >= 0)
          yield {
            message: `${labelOf(node)} has a bias of scale ${bias.scales[index]} at index ${index}, which is not that of its input times that of its weights.`,
            hint: 'Quantize the bias with the product of both scales and zero point 0.',
            ...about(node),
            value: node.inputs[2] ?? '',
          }
      }
    }
  },
})

/** Operators whose third input is added to a sum of products. */
const biased = new Set(['Conv', 'ConvTranspose', 'Gemm'])

// Gemm's alpha and beta are scales of their own.
const isBiased = ({ op, domain, attributes }: Node) =>
  domain === '' && biased.has(op) && !('alpha' in attributes) && !('beta' in attributes)

function scalesBehind(producer: Node | undefined, inferred: InferredBody) {
  if (!producer || !isQuantization(producer)) return undefined
  const { isQuantize, scale, quantizedType } = quantizationOf(producer, inferred)
  const scales = scale?.constant && numbersOf(scale.constant)
  return isQuantize || !scales ? undefined : { type: quantizedType, scales }
}
