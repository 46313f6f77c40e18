import { intsToInput } from '../opset/to-input.ts'
import { defineUpgrade } from '../opset/upgrade.ts'

/** `axes` became an input: Squeeze(x){axes} → Squeeze(x, axes). */
export const squeeze13 = defineUpgrade({
  id: 'squeeze-13',
  ops: ['Squeeze'],
  version: 13,
  rewrite: (node, context) => [intsToInput(node, 'axes', context)],
})
