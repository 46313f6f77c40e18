import { defineChannelRule } from '../rule.ts'
import { quantizationFlow } from './quantization.ts'

export const QuantizeLinear = defineChannelRule({
  op: 'QuantizeLinear',
  flow: ({ x, y_scale: scale, y_zero_point: zeroPoint }, attributes, flow) => ({
    y: quantizationFlow(x, [scale, zeroPoint], attributes, flow),
  }),
})
