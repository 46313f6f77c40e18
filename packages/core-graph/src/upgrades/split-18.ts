import { defineUpgrade } from '../opset/upgrade.ts'

/** Equal parts are asked for by `num_outputs`, no longer by the number of outputs alone. */
export const split18 = defineUpgrade({
  id: 'split-18',
  ops: ['Split'],
  version: 18,
  rewrite: node =>
    node.inputs[1]
      ? [node]
      : [{ ...node, attributes: { ...node.attributes, num_outputs: { kind: 'int', value: node.outputs.length } } }],
})
