import { defineChannelRule } from '../rule.ts'

/** Channels of a group are normalized by one another and stay, unless each is a group of its own. */
export const GroupNormalization = defineChannelRule({
  op: 'GroupNormalization',
  flow: ({ X, scale, bias }, { num_groups: groups }, flow) =>
    groups === X.shape[1] ? { Y: [X.axis(0), flow.join(scale.axis(0), bias.axis(0), X.axis(1))] } : {},
  cut: ({ X }, { num_groups: groups }, { shapeOf }) =>
    groups === X.shape[1] ? { attributes: { num_groups: { kind: 'int', value: Number(shapeOf(X)[1]) } } } : {},
})
