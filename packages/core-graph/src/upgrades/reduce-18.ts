import { intsToInput } from '../opset/to-input.ts'
import { defineUpgrade } from '../opset/upgrade.ts'

/** `axes` became an input: ReduceMean(x){axes} → ReduceMean(x, axes), and so for all but ReduceSum, which went before. */
export const reduce18 = defineUpgrade({
  id: 'reduce-18',
  ops: [
    'ReduceL1',
    'ReduceL2',
    'ReduceLogSum',
    'ReduceLogSumExp',
    'ReduceMax',
    'ReduceMean',
    'ReduceMin',
    'ReduceProd',
    'ReduceSumSquare',
  ],
  version: 18,
  rewrite: (node, context) => [intsToInput(node, 'axes', context)],
})
