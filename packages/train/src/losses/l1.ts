import { checkSameShape, defineLoss } from '../loss.ts'

/** L = mean |output − target|; output, target:[*s] → [] */
export const l1 = defineLoss({
  id: 'l1',
  description: 'The mean of the absolute differences',
  inputs: { output: 'output', target: 'targets' },
  options: {},
  build: (ops, { output, target }) => {
    checkSameShape(output, target)
    return ops.mean(ops.abs(ops.sub(output, target)))
  },
})
