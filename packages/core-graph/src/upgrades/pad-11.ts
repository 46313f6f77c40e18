import { attribute, readAttributes } from '../operator.ts'
import { intsToInput, scalarLike } from '../opset/to-input.ts'
import { defineUpgrade, without } from '../opset/upgrade.ts'

/** `pads` and `value` became inputs: Pad(x){pads, value} → Pad(x, pads, value). */
export const pad11 = defineUpgrade({
  id: 'pad-11',
  ops: ['Pad'],
  version: 11,
  rewrite: (node, context) => {
    const { value } = readAttributes(node, { value: attribute.float(0) })
    const [input = ''] = node.inputs
    const padded = intsToInput({ ...node, attributes: without(node, 'value') }, 'pads', context)
    if (value === 0) return [padded]
    const fill = scalarLike(`${node.name}/value`, value, input, context)
    return [...fill.nodes, { ...padded, inputs: [...padded.inputs, fill.input] }]
  },
})
