import { defineLowering } from '../lowering.ts'

/** dW in the form that is fastest for its shape, with the factor that BatchNormalization's gradient left */
export const ConvWeightGradient = defineLowering({
  op: 'ConvWeightGradient',
  lower: (lowerer, { X, dY }, conv) => {
    if (!X.image || !dY.image || dY.dataType !== 'float32') return undefined
    const plain = lowerer.formOf('weightGradient', conv, lowerer.block)?.weightGradient(lowerer, X, dY, conv)
    return plain && { dW: { plain } }
  },
})
