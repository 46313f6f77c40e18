import { zip } from '../nd.ts'
import { defineReference, input } from '../reference.ts'

export const Pow = defineReference({
  op: 'Pow',
  cases: [
    { name: 'of positive numbers', inputs: { X: [2, 3], Y: [3] }, positive: ['X'] },
    { name: 'the square', inputs: { X: [3, 3], Y: { scalar: 2 } } },
    { name: 'the cube of numbers of both signs', inputs: { X: [3, 3], Y: { scalar: 3 } } },
    { name: 'the root', inputs: { X: [3, 3], Y: { scalar: 0.5 } }, positive: ['X'] },
    { name: 'an exponent that is 0', inputs: { X: [3], Y: { dataType: 'float32', dims: [3], values: [0, 2, 3] } } },
    { name: 'whole exponents', inputs: { X: [2, 2], Y: { dataType: 'int64', dims: [2], values: [3, 0] } } },
  ],
  forward: inputs => zip(input(inputs, 'X'), input(inputs, 'Y'), (x, y) => x ** y),
})
