import { defineGradient } from '../gradient.ts'

/** d input = d output with its blocks spread out again; input:[N,C,H·b,W·b], output:[N,C·b²,H,W] */
export const SpaceToDepth = defineGradient({
  op: 'SpaceToDepth',
  backward: (b, { doutput }, { blocksize }) => ({ input: () => b.DepthToSpace(doutput, { blocksize }) }),
})
