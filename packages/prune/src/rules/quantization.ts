import type { Flow } from '../channels/flow.ts'
import type { AxisLabels, FlowValue } from '../channels/labels.ts'
import { fromFront } from './axis.ts'
import { passAll, passOthers } from './pass-all.ts'

/**
 * Each place by its scale and zero point: one for all, one for each channel of the axis, or one for each block of
 * places along it, which stay then.
 */
export function quantizationFlow(
  x: FlowValue,
  parts: readonly (FlowValue | undefined)[],
  { axis, block_size: block }: { readonly axis: number; readonly block_size: number },
  flow: Flow,
): AxisLabels {
  const along = fromFront(axis, x.shape.length)
  if (block > 0) return passOthers(x, () => true)
  const vectors = parts.filter(part => part !== undefined && part.shape.length === 1 && part.shape[0] !== 1)
  if (vectors.length === 0) return passAll(x)
  const joined = flow.join(x.axis(along), ...vectors.map(vector => vector?.axis(0)))
  return x.shape.map((_, other) => (other === along ? joined : x.axis(other)))
}
