import { defineLowering } from '../lowering.ts'

export const ConvWeightGradient = defineLowering({
  op: 'ConvWeightGradient',
  lower: (lowerer, { X, dY }, conv) => {
    const plain =
      X.image && dY.image && lowerer.formOf('weightGradient', conv, lowerer.block)?.weightGradient(lowerer, X, dY, conv)
    return plain && { dW: { plain } }
  },
})
