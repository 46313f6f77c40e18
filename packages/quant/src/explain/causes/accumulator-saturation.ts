import { percentText } from '@pare/core-graph'
import { defineCause } from '../cause.ts'

/** a₀w₀ + a₁w₁ beyond 16 bits, on x86 CPUs without VNNI (see `saturation`): told where this CPU is one */
export const accumulatorSaturation = defineCause({
  id: 'accumulator-saturation',
  title: 'sums that this CPU cuts off at 16 bits',
  inLayer: ({ node, saturation, kernelLoss }) => {
    if (!saturation || saturation.elements.saturated === 0 || !kernelLoss) return undefined
    const share = saturation.elements.saturated / saturation.elements.all
    return {
      evidence: `This CPU adds products of 8-bit numbers in pairs of 16 bits, which ${node.name} overflows in ${percentText(share)} of its outputs. The same model in exact arithmetic comes closer to the float one.`,
      figures: { share },
      changes: [{ 'quant.static': { weightBits: 7 } }],
      advice: 'Take weights of 7 bits, which cannot overflow, or run the model on a CPU with VNNI.',
      experiment: async () => ({ before: kernelLoss.run, after: kernelLoss.exact }),
    }
  },
})
