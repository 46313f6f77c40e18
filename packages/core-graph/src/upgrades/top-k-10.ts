import { attribute, readAttributes } from '../operator.ts'
import { defineUpgrade, without } from '../opset/upgrade.ts'

/** `k` became an input: TopK(x){k} → TopK(x, [k]). */
export const topK10 = defineUpgrade({
  id: 'top-k-10',
  ops: ['TopK'],
  version: 10,
  rewrite: (node, context) => {
    const { k } = readAttributes(node, { k: attribute.required.int() })
    const [input = ''] = node.inputs
    return [
      {
        ...node,
        inputs: [input, context.constant(`${node.name}/k`, 'int64', [1], [k])],
        attributes: without(node, 'k'),
      },
    ]
  },
})
