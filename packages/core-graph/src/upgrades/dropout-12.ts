import { attribute, readAttributes } from '../operator.ts'
import { defineUpgrade, without } from '../opset/upgrade.ts'

/** `ratio` became an input, and training one that is off unless given: Dropout(x){ratio} → Dropout(x, ratio). */
export const dropout12 = defineUpgrade({
  id: 'dropout-12',
  ops: ['Dropout'],
  version: 12,
  rewrite: (node, context) => {
    const { ratio } = readAttributes(node, { ratio: attribute.optional.float() })
    const attributes = without(node, 'ratio')
    if (ratio === undefined) return [{ ...node, attributes }]
    const [input = ''] = node.inputs
    return [{ ...node, attributes, inputs: [input, context.constant(`${node.name}/ratio`, 'float32', [], [ratio])] }]
  },
})
