import type { Node } from '../graph.ts'
import { attribute, readAttributes } from '../operator.ts'
import { scalarLike } from '../opset/to-input.ts'
import { defineUpgrade, without } from '../opset/upgrade.ts'

/** `min` and `max` became inputs: Clip(x){min, max} → Clip(x, min, max); one that was not given stays open. */
export const clip11 = defineUpgrade({
  id: 'clip-11',
  ops: ['Clip'],
  version: 11,
  rewrite: (node, context) => {
    const bounds = readAttributes(node, { min: attribute.optional.float(), max: attribute.optional.float() })
    const [input = ''] = node.inputs
    const nodes: Node[] = []
    const bound = (name: 'min' | 'max') => {
      const value = bounds[name]
      if (value === undefined) return ''
      const scalar = scalarLike(`${node.name}/${name}`, value, input, context)
      nodes.push(...scalar.nodes)
      return scalar.input
    }
    const inputs = [input, bound('min'), bound('max')]
    const used = inputs.slice(0, inputs.findLastIndex(name => name !== '') + 1)
    return [...nodes, { ...node, inputs: used, attributes: without(node, 'min', 'max') }]
  },
})
