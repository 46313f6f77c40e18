import { defineChannelRule } from '../rule.ts'
import { quantizationFlow } from './quantization.ts'

export const DequantizeLinear = defineChannelRule({
  op: 'DequantizeLinear',
  flow: ({ x, x_scale: scale, x_zero_point: zeroPoint }, attributes, flow) => ({
    y: quantizationFlow(x, [scale, zeroPoint], attributes, flow),
  }),
})
