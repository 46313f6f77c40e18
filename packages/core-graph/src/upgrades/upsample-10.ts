import { defineUpgrade } from '../opset/upgrade.ts'

/** Upsample was renamed to Resize, of the same form. */
export const upsample10 = defineUpgrade({
  id: 'upsample-10',
  ops: ['Upsample'],
  version: 10,
  rewrite: node => [{ ...node, op: 'Resize' }],
})
