import type { Node } from '../graph.ts'
import { attribute, readAttributes } from '../operator.ts'
import { defineUpgrade, refuse, type UpgradeContext } from '../opset/upgrade.ts'
import { tensorNumbers } from '../tensor.ts'

/**
 * Resize(x, scales) → Resize(x, , scales) with the coordinates of before: x_in = x_out / scale (`asymmetric`). The
 * nearest element was the one below when enlarging, and the one above when shrinking (onnxruntime; the
 * specification of version 10 does not say).
 */
export const resize11 = defineUpgrade({
  id: 'resize-11',
  ops: ['Resize'],
  version: 11,
  rewrite: (node, context) => {
    const { mode } = readAttributes(node, { mode: attribute.string('nearest') })
    const [input = '', scales = ''] = node.inputs
    const upgraded: Node = {
      ...node,
      inputs: [input, '', scales],
      attributes: { ...node.attributes, coordinate_transformation_mode: { kind: 'string', value: 'asymmetric' } },
    }
    if (mode !== 'nearest') return [upgraded]
    const rounding = roundingOf(scales, context)
    if (!rounding)
      return refuse('it takes the nearest element, with scales that are not known or both enlarge and shrink')
    return [{ ...upgraded, attributes: { ...upgraded.attributes, nearest_mode: { kind: 'string', value: rounding } } }]
  },
})

function roundingOf(scales: string, { typeOf }: UpgradeContext): 'floor' | 'ceil' | undefined {
  const constant = typeOf(scales)?.constant
  if (!constant) return undefined
  const factors = tensorNumbers(constant)
  if (factors.every(factor => factor >= 1)) return 'floor'
  return factors.every(factor => factor <= 1) ? 'ceil' : undefined
}
