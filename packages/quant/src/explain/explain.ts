import {
  type DataSource,
  type Executor,
  type Graph,
  isFloat,
  type ProgressListener,
  shuffledOrder,
  simplify,
  upgradeOpset,
} from '@pare/core-graph'
import { checkInputs, compareModels } from '@pare/evaluate'
import { equalize, isEqualized } from '../equalize.ts'
import { type OutputFidelity, outputFidelity, referenceOutputs } from '../output-fidelity.ts'
import { planQuantization } from '../plan.ts'
import { chooseNodes, type QuantizedNode } from '../quantized-nodes.ts'
import type { Sampling } from '../range-store.ts'
import { type AsQuantized, asQuantized } from './as-quantized.ts'
import type { Cause, Layer, WholeModel } from './cause.ts'
import { causes } from './causes/registry.ts'
import { experimenter, gainOf } from './experiment.ts'
import type { ExplainedLayer, Explanation, Finding } from './explanation.ts'
import { decibels, likelierFirst, merged, tried } from './finding.ts'
import { type Kernels, kernelsOf } from './kernels.ts'
import { type Observed, observe } from './observe.ts'
import { rescaled } from './rescaled.ts'
import { worstLayers } from './worst-layers.ts'

/** What the models are looked at with. */
export interface ExplainOptions {
  readonly executor: Executor
  /** Samples on which int8 does worse than it should; labels are not used. */
  readonly source: DataSource
  /** Samples for quantizing again. Default: `source`. */
  readonly calibration?: DataSource
  /** Samples that models are compared on, at most. Default 64. */
  readonly samples?: number
  /** How many of the worst layers are looked into. Default 5. */
  readonly layers?: number
  /** Default 0. */
  readonly seed?: number
  readonly signal?: AbortSignal
  /** Counts the experiments. */
  readonly progress?: ProgressListener
}

/**
 * Says why an int8 model is worse than the float one that it was made of. Layers are ranked by the noise that they add to
 * what they read; for each of the worst, every cause (see `causes`) looks for its signs, and is tried: the model is
 * quantized again with the one change that would mend it, and compared on the same samples. What brings most back is the
 * likeliest cause.
 *
 * Nodes and values of both models are matched by name, in the form that `quantizeStatic` gives (QDQ); int8 models by
 * other tools will do where they keep names.
 *
 * @param float before quantization, simplified or not
 * @throws what `simplify`, `compareModels` and the executor throw; the reason of an aborted signal
 */
export async function explain(float: Graph, int8: Graph, options: ExplainOptions): Promise<Explanation> {
  const { executor, source, calibration = source, samples = 64, layers: most = 5, seed = 0, signal, progress } = options
  const reference = referenceFor(float, int8)
  const made = asQuantized(reference, upgradeOpset(int8))
  const common = { executor, batchSize: 16, seed, ...(signal && { signal }) }
  const sampling: Sampling = { ...common, calibration, samples: Math.max(samples, 128) }
  const outputs = await referenceOutputs(reference, { ...common, calibration: source, samples })
  const shuffled = inOrderOf(source, seed)
  const { layers: fidelities } = await compareModels(reference, int8, {
    executor,
    source: shuffled,
    limit: samples,
    ...(signal && { signal }),
  })
  const before = await outputFidelity(int8, executor, outputs)
  const plan = planQuantization(reference, { quantization: made.quantization, keep: made.keep })
  const nodes = chooseNodes(reference, { keep: made.keep }).nodes
  const worst = worstLayers(nodes, fidelities).slice(0, most)
  const values = new Set([
    ...plan.groups.flatMap(group => group.values),
    ...nodes.flatMap(node => [...node.data, ...node.outputs]),
  ])
  const observed = await observe(
    reference,
    [...values],
    worst.flatMap(({ node }) => node.data),
    {
      ...common,
      calibration: source,
      samples,
    },
  )
  const kernels = await kernelsOf(int8, before, outputs, options)
  const experiments = experimenter({ reference, made, sampling, outputs, progress })
  const remade = await experiments.remade()
  const groups = new Map(plan.groups.flatMap(group => group.values.map(value => [value, group.values] as const)))
  const together = (value: string) => groups.get(value) ?? [value]
  const explained: ExplainedLayer[] = []
  const findings: Finding[] = []

  const model: WholeModel = {
    warnings: await checkInputs(float, { executor, source, ...(signal && { signal }) }),
    inputs: inputsOf(reference, made, observed),
    before,
    withInput: async (name, from, to) => {
      const mapped = rescaled(source, name, from, to)
      return outputFidelity(
        int8,
        executor,
        await referenceOutputs(reference, { ...common, calibration: mapped, samples }),
      )
    },
  }
  for (const cause of Object.values<Cause>(causes)) {
    const suspicion = cause.inModel?.(model)
    if (suspicion) findings.push(await tried(cause, undefined, suspicion, experiments.try))
  }
  for (const { node, sqnr, noise } of worst) {
    signal?.throwIfAborted()
    const { name, op } = node.node
    const own: Finding[] = []
    const layer = { ...layerOf(reference, node, made, observed, kernels), together }
    for (const cause of Object.values<Cause>(causes)) {
      const suspicion = cause.inLayer?.(layer)
      if (suspicion) own.push(await tried(cause, name, suspicion, experiments.try))
    }
    const inFloat = await experiments.try({ 'quant.static': { exclude: [name] } })
    const [likely] = own.filter(({ confirmed }) => confirmed).sort(likelierFirst)
    explained.push({ node: name, op, sqnr, noise, inFloat, cause: likely?.cause })
    findings.push(...own)
  }
  return {
    before,
    samples: outputs.reduce((sum, { batch }) => sum + batch.size, 0),
    findings: merged(findings).sort(likelierFirst),
    layers: explained,
    notes: remadeNotes(before, remade),
  }
}

/** The float model as it was when it was quantized. */
function referenceFor(float: Graph, int8: Graph): Graph {
  const { graph } = simplify(float)
  if (!isEqualized(int8)) return graph
  const relus = new Set(int8.nodes.filter(({ op }) => op === 'Relu').map(({ name }) => name))
  return equalize(graph, { replaceClip: graph.nodes.some(({ op, name }) => op === 'Clip' && relus.has(name)) }).graph
}

/** The same samples in the order of a shuffle: files are often sorted by class. */
const inOrderOf = (source: DataSource, seed: number): DataSource => ({
  size: source.size,
  labelled: source.labelled,
  batches: options => source.batches({ ...options, ...shuffledOrder(source, seed) }),
})

const inputsOf = ({ inputs }: Graph, { affines }: AsQuantized, { range }: Observed) =>
  inputs.flatMap(({ name, type }) => {
    const own = type && isFloat(type.dataType) ? range(name) : undefined
    return own ? [{ name, range: own, affine: affines.get(name) }] : []
  })

const layerOf = (
  graph: Graph,
  node: QuantizedNode,
  { affines, oneScale }: AsQuantized,
  observed: Observed,
  { layers, loss }: Kernels,
): Omit<Layer, 'together'> => ({
  ...node,
  ...observed,
  graph,
  oneScale: oneScale.has(node.node.name),
  affine: value => affines.get(value),
  weights: observed.weights(node.node),
  saturation: layers.get(node.node.name),
  kernelLoss: loss,
})

/** From so many dB on, the int8 model was made in a way that is not known here. */
const otherwise = 3

const remadeNotes = (before: OutputFidelity, remade: OutputFidelity): string[] =>
  Math.abs(gainOf(before, remade)) < otherwise
    ? []
    : [
        `Quantized again from the float model, with the ranges of the int8 one, the outputs come to ${decibels(remade)}, not ${decibels(before)}: its weights were trained, or rounded in another way, or its biases corrected. What experiments bring back is told against the model that was made again.`,
      ]
