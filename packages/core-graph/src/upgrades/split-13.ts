import { intsToInput } from '../opset/to-input.ts'
import { defineUpgrade } from '../opset/upgrade.ts'

/** `split`, the sizes, became an input: Split(x){split} → Split(x, split). */
export const split13 = defineUpgrade({
  id: 'split-13',
  ops: ['Split'],
  version: 13,
  rewrite: (node, context) => [intsToInput(node, 'split', context)],
})
