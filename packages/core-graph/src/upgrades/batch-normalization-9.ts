import { attribute, readAttributes } from '../operator.ts'
import { defineUpgrade, refuse, without } from '../opset/upgrade.ts'

/** `spatial` went: one mean a channel, which was its default 1, is all that is left. */
export const batchNormalization9 = defineUpgrade({
  id: 'batch-normalization-9',
  ops: ['BatchNormalization'],
  version: 9,
  rewrite: node =>
    readAttributes(node, { spatial: attribute.int(1) }).spatial === 1
      ? [{ ...node, attributes: without(node, 'spatial') }]
      : refuse('its statistics are of each position (spatial = 0), which newer versions do not have'),
})
