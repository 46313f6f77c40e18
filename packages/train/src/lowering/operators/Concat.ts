import { defineLowering } from '../lowering.ts'

/** Channels after channels are rows after rows */
export const Concat = defineLowering({
  op: 'Concat',
  lower: ({ b }, { inputs }, { axis }) => {
    const isOfChannels = axis === 1 || axis === 1 - (inputs[0]?.sizes?.length ?? 0)
    if (!isOfChannels || !inputs.some(input => input.isBlocked) || inputs.some(input => !input.image)) return undefined
    return {
      concat_result: {
        rows: b.Concat(
          inputs.map(input => input.rows()),
          { axis: 0 },
        ),
      },
    }
  },
})
