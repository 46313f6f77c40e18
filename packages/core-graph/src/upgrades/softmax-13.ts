import { attribute, readAttributes } from '../operator.ts'
import { defineUpgrade, helperNode } from '../opset/upgrade.ts'

/**
 * Before, all axes from `axis` (default 1) on were one; now `axis` (default −1) is the only one.
 *
 *     y = Softmax(x){axis}   →   f = Flatten(x){axis}; s = Softmax(f){axis: −1}; y = Reshape(s, Shape(x))
 *
 * Where every axis after `axis` is of size 1, or there is none, naming the axis does.
 */
export const softmax13 = defineUpgrade({
  id: 'softmax-13',
  ops: ['Softmax', 'LogSoftmax', 'Hardmax'],
  version: 13,
  rewrite: (node, { typeOf, fresh }) => {
    const { axis } = readAttributes(node, { axis: attribute.int(1) })
    const [input = ''] = node.inputs
    const shape = typeOf(input)?.shape
    const place = axis < 0 && shape ? axis + shape.length : axis
    if (axis === -1 || shape?.slice(place + 1).every(size => size === 1))
      return [{ ...node, attributes: { axis: { kind: 'int', value: axis } } }]
    const [flat, soft, dims] = [fresh(`${node.name}/flat`), fresh(`${node.name}/soft`), fresh(`${node.name}/shape`)]
    return [
      helperNode('Flatten', flat, [input], [flat], { axis: { kind: 'int', value: axis } }),
      { ...node, inputs: [flat], outputs: [soft], attributes: { axis: { kind: 'int', value: -1 } } },
      helperNode('Shape', dims, [input], [dims]),
      helperNode('Reshape', fresh(`${node.name}/reshape`), [soft, dims], node.outputs),
    ]
  },
})
