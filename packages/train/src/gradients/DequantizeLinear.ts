import { defineGradient } from '../gradient.ts'
import { perAxis, perScale } from './quantization.ts'

/**
 * y = (x − zero)·scale: dx = dy·scale, a gradient of each level, though levels are integers;
 * dscale = Σ dy·(x − zero) = Σ dy·y / scale. x, y:[*s], scale:[] or one for each index of the axis
 */
export const DequantizeLinear = defineGradient({
  op: 'DequantizeLinear',
  backward: (b, { x, x_scale, y, dy }, attributes) => ({
    x: () => b.Mul(dy, perAxis(b, x_scale, x, attributes)),
    x_scale: () => b.Div(perScale(b, b.Mul(dy, y ?? dy), x_scale, attributes), x_scale),
  }),
})
