import { attribute } from '../operator.ts'
import { defineUnary } from './elementwise.ts'

/** Y = X / (bias + α/size·Σ X²)^β, the sum over neighbouring channels: [*s] → [*s] (ONNX LRN) */
export const LRN = defineUnary('LRN', {
  alpha: attribute.float(0.0001),
  beta: attribute.float(0.75),
  bias: attribute.float(1),
  size: attribute.required.int(),
})
