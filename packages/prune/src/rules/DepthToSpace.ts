import { defineChannelRule } from '../rule.ts'

/** [N, b²·C, H, W] → [N, C, b·H, b·W]: the b² channels of a place go together; they lie side by side (CRD) or C apart (DCR). */
export const DepthToSpace = defineChannelRule({
  op: 'DepthToSpace',
  flow: ({ input }, { blocksize, mode }, flow) => {
    const block = blocksize ** 2
    const size = Number(input.shape[1]) / block
    const keyOf = (place: number) => (mode === 'CRD' ? Math.floor(place / block) : place % size)
    return { output: [input.axis(0), flow.fold(input.axis(1), size, keyOf)] }
  },
})
