import type { FrozenFrom } from '@pare/core-graph'

/** Weights that stay as they are, always or from an epoch on. */
export type Frozen = string | FrozenFrom

export const patternOf = (frozen: Frozen): string => (typeof frozen === 'string' ? frozen : frozen.pattern)

/** From 1. */
export const epochOf = (frozen: Frozen): number => (typeof frozen === 'string' ? 1 : frozen.epoch)

/** The patterns of what stays in an epoch. */
export const frozenAt = (frozen: readonly Frozen[], epoch: number): readonly string[] =>
  frozen.filter(one => epochOf(one) <= epoch).map(patternOf)

/** The epochs, up to the last, that begin with more frozen than the one before; the first is always among them. */
export const epochsOfChange = (frozen: readonly Frozen[], epochs: number): readonly number[] =>
  [...new Set([1, ...frozen.map(epochOf)])].filter(epoch => epoch <= epochs).toSorted((a, b) => a - b)
