import type { Graph } from '@pare/core-graph'
import { type OutputFidelity, outputFidelity, type ReferenceOutputs } from '../output-fidelity.ts'
import { type LayerSaturation, type SaturationContext, saturation } from '../saturation.ts'
import type { Layer } from './cause.ts'
import { gainOf } from './experiment.ts'

export interface Kernels {
  readonly layers: ReadonlyMap<string, LayerSaturation>
  readonly loss: Layer['kernelLoss']
}

/** Kernels that round otherwise than the specification says differ by less, in dB. */
const otherRounding = 3

/** Whether the kernels of this CPU give other results than exact arithmetic, and in which layers they would. */
export async function kernelsOf(
  int8: Graph,
  run: OutputFidelity,
  outputs: ReferenceOutputs,
  { executor, source, signal }: SaturationContext,
): Promise<Kernels> {
  const exact = await outputFidelity(int8, executor, outputs, { fusesQuantization: false })
  if (gainOf(run, exact) < otherRounding) return { layers: new Map(), loss: undefined }
  const layers = await saturation(int8, { executor, source, ...(signal && { signal }) })
  return { layers: new Map(layers.map(layer => [layer.node, layer])), loss: { exact, run } }
}
