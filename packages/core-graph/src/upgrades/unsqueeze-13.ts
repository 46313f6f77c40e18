import { intsToInput } from '../opset/to-input.ts'
import { defineUpgrade } from '../opset/upgrade.ts'

/** `axes` became an input: Unsqueeze(x){axes} → Unsqueeze(x, axes). */
export const unsqueeze13 = defineUpgrade({
  id: 'unsqueeze-13',
  ops: ['Unsqueeze'],
  version: 13,
  rewrite: (node, context) => [intsToInput(node, 'axes', context)],
})
