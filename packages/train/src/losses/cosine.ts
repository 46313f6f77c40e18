import { checkSameShape, defineLoss } from '../loss.ts'

/** Keeps the square root's slope finite where a sample is all zeros. */
const epsilon = 1e-12

/**
 * L = 1 − 1/N Σₙ oₙ·tₙ / √((oₙ·oₙ + ε)(tₙ·tₙ + ε)): the samples' directions, whatever their lengths;
 * output, target:[N,*s] → []
 */
export const cosine = defineLoss({
  id: 'cosine',
  description: 'One less the cosine of the angle between the two, taken as a vector for each sample',
  inputs: { output: 'output', target: 'named' },
  options: {},
  build: (ops, { output, target }) => {
    checkSameShape(output, target)
    const [a, b] = [ops.reshape(output, [0, -1]), ops.reshape(target, [0, -1])]
    const squares = (x: typeof a) => ops.add(ops.sum(ops.square(x), [-1]), epsilon)
    const cosines = ops.div(ops.sum(ops.mul(a, b), [-1]), ops.sqrt(ops.mul(squares(a), squares(b))))
    return ops.sub(1, ops.mean(cosines))
  },
})
