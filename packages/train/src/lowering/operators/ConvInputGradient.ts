import { defineLowering } from '../lowering.ts'

/** dX in the form that is fastest for its shape, with the factor that BatchNormalization's gradient left */
export const ConvInputGradient = defineLowering({
  op: 'ConvInputGradient',
  lower: (lowerer, { W, dY }, conv) => {
    if (!dY.image || dY.dataType !== 'float32') return undefined
    const rows = lowerer.formOf('inputGradient', conv, lowerer.block)?.inputGradient(lowerer, W.plain(), dY, conv)
    return rows && { dX: { rows } }
  },
})
