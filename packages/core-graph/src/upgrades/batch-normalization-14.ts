import { defineUpgrade, refuse } from '../opset/upgrade.ts'

/** `training_mode`, 0 unless said, replaces the extra outputs as the sign of training: a node that is not in training has one output. */
export const batchNormalization14 = defineUpgrade({
  id: 'batch-normalization-14',
  ops: ['BatchNormalization'],
  version: 14,
  rewrite: (node, { isRead }) =>
    node.outputs.slice(1).some(isRead)
      ? refuse('its batch statistics are read: it is in training')
      : [{ ...node, outputs: node.outputs.slice(0, 1) }],
})
