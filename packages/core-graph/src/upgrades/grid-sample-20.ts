import { attribute, readAttributes } from '../operator.ts'
import { defineUpgrade } from '../opset/upgrade.ts'

const modes: ReadonlyMap<string, string> = new Map([
  ['bilinear', 'linear'],
  ['bicubic', 'cubic'],
])

/** The modes lost their number of axes: bilinear → linear, bicubic → cubic. */
export const gridSample20 = defineUpgrade({
  id: 'grid-sample-20',
  ops: ['GridSample'],
  version: 20,
  rewrite: node => {
    const { mode } = readAttributes(node, { mode: attribute.string('bilinear') })
    return [{ ...node, attributes: { ...node.attributes, mode: { kind: 'string', value: modes.get(mode) ?? mode } } }]
  },
})
