import { defineGradient } from '../gradient.ts'
import { sizesOf } from '../shapes.ts'

/** d input = d output with its blocks back among the channels; input:[N,C·b²,H,W], output:[N,C,H·b,W·b] */
export const DepthToSpace = defineGradient({
  op: 'DepthToSpace',
  backward: (b, { input, doutput }, { blocksize: block, mode }) => ({
    input: () => {
      if (mode === 'DCR') return b.SpaceToDepth(doutput, { blocksize: block })
      const [batch = 1, channels = 1, height = 1, width = 1] = sizesOf(input)
      const blocks = b.Reshape(doutput, b.ints(batch, channels / block ** 2, height, block, width, block))
      return b.Reshape(b.Transpose(blocks, { perm: [0, 1, 3, 5, 2, 4] }), b.ints(batch, channels, height, width))
    },
  }),
})
