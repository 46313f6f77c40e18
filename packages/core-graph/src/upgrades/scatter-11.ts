import { defineUpgrade } from '../opset/upgrade.ts'

/** Scatter was renamed to ScatterElements. */
export const scatter11 = defineUpgrade({
  id: 'scatter-11',
  ops: ['Scatter'],
  version: 11,
  rewrite: node => [{ ...node, op: 'ScatterElements' }],
})
