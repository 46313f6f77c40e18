import { transpose } from '../nd.ts'
import { defineReference, input } from '../reference.ts'

export const SpaceToDepth = defineReference({
  op: 'SpaceToDepth',
  cases: [{ name: 'blocks of two', inputs: { input: [2, 3, 4, 2] }, attributes: { blocksize: 2 } }],
  forward: (inputs, attributes) => {
    const {
      dims: [batch = 1, channels = 1, height = 1, width = 1],
      data,
    } = input(inputs, 'input')
    const block = attributes.number('blocksize', 1)
    const blocks = { dims: [batch, channels, height / block, block, width / block, block], data }
    const moved = transpose(blocks, [0, 3, 5, 1, 2, 4])
    return { dims: [batch, channels * block ** 2, height / block, width / block], data: moved.data }
  },
})
