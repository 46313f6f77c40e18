import { defineUpgrade, helperNode } from '../opset/upgrade.ts'

/** The mask became a bool: where it is read, it is cast to the input's type as before. */
export const dropout10 = defineUpgrade({
  id: 'dropout-10',
  ops: ['Dropout'],
  version: 10,
  rewrite: (node, { fresh, isRead }) => {
    const [output = '', mask] = node.outputs
    if (!mask || !isRead(mask)) return [{ ...node, outputs: [output] }]
    const [input = ''] = node.inputs
    const bool = fresh(`${mask}_bool`)
    return [
      { ...node, outputs: [output, bool] },
      helperNode('CastLike', fresh(`${node.name}/cast`), [bool, input], [mask]),
    ]
  },
})
