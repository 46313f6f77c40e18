import { attribute, readAttributes } from '../operator.ts'
import { defineUpgrade, without } from '../opset/upgrade.ts'

/** `scales` became an input: Upsample(x){scales} → Upsample(x, scales). */
export const upsample9 = defineUpgrade({
  id: 'upsample-9',
  ops: ['Upsample'],
  version: 9,
  rewrite: (node, context) => {
    const { scales = [] } = readAttributes(node, { scales: attribute.optional.floats() })
    const [input = ''] = node.inputs
    const constant = context.constant(`${node.name}/scales`, 'float32', [scales.length], scales)
    return [{ ...node, inputs: [input, constant], attributes: without(node, 'scales') }]
  },
})
