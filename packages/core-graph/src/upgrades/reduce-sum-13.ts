import { intsToInput } from '../opset/to-input.ts'
import { defineUpgrade } from '../opset/upgrade.ts'

/** `axes` became an input: ReduceSum(x){axes} → ReduceSum(x, axes). */
export const reduceSum13 = defineUpgrade({
  id: 'reduce-sum-13',
  ops: ['ReduceSum'],
  version: 13,
  rewrite: (node, context) => [intsToInput(node, 'axes', context)],
})
