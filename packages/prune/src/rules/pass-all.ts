import type { AxisLabels, FlowValue } from '../channels/labels.ts'

/** The labels of all axes. */
export const passAll = (value: FlowValue): AxisLabels => value.shape.map((_, axis) => value.axis(axis))

/** The labels of all axes but some, whose places are computed from one another. */
export const passOthers = (value: FlowValue, isMixed: (axis: number) => boolean): AxisLabels =>
  value.shape.map((_, axis) => (isMixed(axis) ? undefined : value.axis(axis)))
