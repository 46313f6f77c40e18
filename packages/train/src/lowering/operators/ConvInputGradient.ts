import { defineLowering } from '../lowering.ts'

export const ConvInputGradient = defineLowering({
  op: 'ConvInputGradient',
  lower: (lowerer, { W, dY }, conv) => {
    const rows =
      dY.image && lowerer.formOf('inputGradient', conv, lowerer.block)?.inputGradient(lowerer, W.plain(), dY, conv)
    return rows && { dX: { rows } }
  },
})
