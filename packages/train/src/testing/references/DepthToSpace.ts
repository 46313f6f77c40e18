import { transpose } from '../nd.ts'
import { defineReference, input } from '../reference.ts'

export const DepthToSpace = defineReference({
  op: 'DepthToSpace',
  cases: [
    { name: 'depth first', inputs: { input: [2, 8, 2, 3] }, attributes: { blocksize: 2 } },
    { name: 'column first', inputs: { input: [1, 8, 3, 2] }, attributes: { blocksize: 2, mode: 'CRD' } },
  ],
  forward: (inputs, attributes) => {
    const {
      dims: [batch = 1, channels = 1, height = 1, width = 1],
      data,
    } = input(inputs, 'input')
    const block = attributes.number('blocksize', 1)
    const own = channels / block ** 2
    const moved =
      attributes.text('mode') === 'CRD'
        ? transpose({ dims: [batch, own, block, block, height, width], data }, [0, 1, 4, 2, 5, 3])
        : transpose({ dims: [batch, block, block, own, height, width], data }, [0, 3, 4, 1, 5, 2])
    return { dims: [batch, own, height * block, width * block], data: moved.data }
  },
})
