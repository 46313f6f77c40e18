import { checkSameShape, defineLoss } from '../loss.ts'

/** L = mean (output − target)²; output, target:[*s] → [] */
export const meanSquaredError = defineLoss({
  id: 'mean-squared-error',
  description: 'The mean square of the differences',
  inputs: { output: 'output', target: 'targets' },
  options: {},
  build: (ops, { output, target }) => {
    checkSameShape(output, target)
    return ops.mean(ops.square(ops.sub(output, target)))
  },
})
