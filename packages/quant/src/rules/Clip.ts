import { tensorFloats } from '@pare/core-graph'
import { defineQuantizationRule } from '../rule.ts'

/** min(max(x, min), max) with min = 0, such as ReLU6: the pair after it holds [0, max] at most and so cuts off the same values */
export const Clip = defineQuantizationRule({
  op: 'Clip',
  role: 'follows',
  data: ['input'],
  output: 'own',
  absorbed: ({ node, constant }) => {
    const min = constant('min')
    const isConstant = !node.inputs[2] || constant('max') !== undefined
    return isConstant && min?.dataType === 'float32' && tensorFloats(min)[0] === 0
  },
})
