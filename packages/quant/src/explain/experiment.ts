import type { Graph, ProgressListener } from '@pare/core-graph'
import { equalize, isEqualized } from '../equalize.ts'
import { insertQdq } from '../insert-qdq.ts'
import { type OutputFidelity, outputFidelity, type ReferenceOutputs } from '../output-fidelity.ts'
import { planQuantization } from '../plan.ts'
import { rangeStore, type Sampling } from '../range-store.ts'
import { observerOf, staticOptions } from '../static-options.ts'
import type { AsQuantized } from './as-quantized.ts'
import type { QuantChange, RecipeChange } from './cause.ts'
import type { Experiment } from './explanation.ts'

/** More than any two models differ by. */
const exact = 300

/** How many dB nearer to the float model one is than another. */
export const gainOf = (before: OutputFidelity, after: OutputFidelity): number =>
  (after.sqnr ?? exact) - (before.sqnr ?? exact)

/** Quantizes a model again as it was, but for one change, and sees what comes back. */
export function experimenter({
  reference,
  made,
  sampling,
  outputs,
  progress,
}: {
  readonly reference: Graph
  readonly made: AsQuantized
  readonly sampling: Sampling
  readonly outputs: ReferenceOutputs
  readonly progress: ProgressListener | undefined
}) {
  const known = new Map<string, Promise<OutputFidelity>>()
  let done = 0
  const fidelityWith = (change: QuantChange): Promise<OutputFidelity> => {
    const key = JSON.stringify(change)
    const before = known.get(key)
    if (before) return before
    const measured = quantizedWith(reference, made, sampling, change)
      .then(graph => outputFidelity(graph, sampling.executor, outputs))
      .then(fidelity => {
        progress?.({ done: ++done, total: undefined, unit: 'experiments' })
        return fidelity
      })
    known.set(key, measured)
    return measured
  }
  const remade = () => fidelityWith({})
  return {
    /** As it was, without a change. */
    remade,
    try: async (change: RecipeChange): Promise<Experiment> => {
      const before = await remade()
      const after = 'quant.static' in change ? await fidelityWith(change['quant.static']) : before
      return { change, before, after, gain: gainOf(before, after) }
    },
  }
}

async function quantizedWith(
  reference: Graph,
  { quantization, keep, ranges }: AsQuantized,
  sampling: Sampling,
  { observer, equalize: equalizing, perChannel, weightBits, exclude = [] }: QuantChange,
): Promise<Graph> {
  const graph = equalizing && !isEqualized(reference) ? equalize(reference).graph : reference
  const weights = {
    bits: weightBits ?? quantization.weights.bits,
    perChannel: perChannel ?? quantization.weights.perChannel,
  }
  const float = new Map([...keep, ...exclude.map(name => [name, 'tried in float'] as const)])
  const plan = planQuantization(graph, { quantization: { ...quantization, weights }, keep: float })
  // One change at a time: ranges stay those of the int8 model, of values that are what they were. What shared its scale
  // with others, and does no longer, gets a range of its own.
  const before = planQuantization(reference, { quantization, keep })
  const same = new Set(plan.groups.map(({ observed }) => observed.join()))
  const parted = new Set(
    before.groups.flatMap(({ values, observed }) => (values.length > 1 && !same.has(observed.join()) ? values : [])),
  )
  const kept = new Map([...ranges].filter(([value]) => !parted.has(value)))
  const store = rangeStore(
    graph,
    observerOf(staticOptions.shape.observer.parse(observer)),
    { ...sampling },
    observer === undefined ? kept : undefined,
  )
  return insertQdq(graph, plan, await store(plan))
}
