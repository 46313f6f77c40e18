import { intsToInput } from '../opset/to-input.ts'
import { defineUpgrade } from '../opset/upgrade.ts'

/** Slice(x){starts, ends, axes} → Slice(x, starts, ends, axes). */
export const slice10 = defineUpgrade({
  id: 'slice-10',
  ops: ['Slice'],
  version: 10,
  rewrite: (node, context) => [
    ['starts', 'ends', 'axes'].reduce((moved, name) => intsToInput(moved, name, context), node),
  ],
})
